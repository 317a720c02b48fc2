"""Many visitors at once, some of them greedy or rude: nobody else is hurt, everybody is told."""

from __future__ import annotations

import json
import re
import socket
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from crowd import Crowded, clip_of, crowded, until
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from gradio_client.utils import Status
from test_durability import mounted

MARK = "--------viral"
MEGABYTE = 1_000_000
STOPPING = "The app is being restarted; try again in a minute."


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowded]:
    """A host of 20 MB in all for clips of 2 MB."""
    limits = {
        "VIRAL_MAX_CLIP_BYTES": "2000000",
        "VIRAL_MAX_STORED_BYTES": "20000000",
        "VIRAL_UPLOAD_BYTES_PER_MINUTE": "100000000000",
        "VIRAL_CALLS_PER_MINUTE": "20",
    }
    with crowded(tmp_path_factory.mktemp("host"), **limits) as served:
        yield served


def client_at(host: Crowded, address: str) -> Client:
    headers = {"X-Forwarded-For": address}
    return Client(host.url, verbose=False, headers=headers, download_files=False)


def asked(client: Client, name: str = "/predict", **given: Any) -> Any:
    return client.submit(api_name=name, **given).result(timeout=60)


def refused(client: Client, name: str = "/predict", **given: Any) -> str:
    """Ask for what is refused and return what the client is told."""
    with pytest.raises(AppError) as caught:
        asked(client, name, **given)
    return str(caught.value)


def broken_off(host: Crowded, address: str, announced: int, sent: int) -> None:
    """Begin an upload and leave in the middle of it."""
    head = (
        f"POST /gradio_api/upload HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {address}\r\n"
        f"Content-Type: multipart/form-data; boundary={MARK}\r\nContent-Length: {announced}\r\n\r\n"
        f'--{MARK}\r\nContent-Disposition: form-data; name="files"; filename="a.mp4"\r\n\r\n'
    )
    with socket.create_connection(("127.0.0.1", host.port)) as line:
        line.sendall(head.encode() + b"x" * sent)
        # What was sent has arrived before the line is cut.
        assert until(lambda: any(path.stat().st_size for path in host.files()))


def upload(host: Crowded, address: str, size: int, field: str = "files") -> tuple[int, Any]:
    """Send a file as a browser does; return the status and the answer."""
    head = f'--{MARK}\r\nContent-Disposition: form-data; name="{field}"; filename="a.mp4"\r\n\r\n'
    body = head.encode() + b"x" * size + f"\r\n--{MARK}--\r\n".encode()
    kind = f"multipart/form-data; boundary={MARK}"
    headers = {"Content-Type": kind, "X-Forwarded-For": address}
    request = urllib.request.Request(f"{host.url}/gradio_api/upload", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def test_the_same_file_sent_by_four_visitors_at_once_is_looked_at_for_each(
    host: Crowded, tmp_path: Path
) -> None:
    clip = clip_of(tmp_path)

    def visit(number: int) -> float:
        client = client_at(host, f"192.0.2.{number}")
        return float(asked(client, clip=handle_file(clip))["views"]["median"])

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(visit, range(4)))) == 1
    assert host.files() == []


def test_two_cuts_that_are_the_same_file_are_both_looked_at(host: Crowded, tmp_path: Path) -> None:
    clip = clip_of(tmp_path)
    client = client_at(host, "192.0.2.9")
    found = asked(client, "/compare", clip_a=handle_file(clip), clip_b=handle_file(clip))
    assert [cut["problem"] for cut in found["cuts"]] == [None, None]
    assert host.files() == []


def test_an_upload_that_breaks_off_is_gone_at_once_and_shuts_nobody_out(host: Crowded) -> None:
    for _ in range(4):
        broken_off(host, "198.51.100.1", 1_900_000, MEGABYTE)
        assert until(lambda: host.files() == [])
    assert upload(host, "198.51.100.2", MEGABYTE)[0] == 200
    text = host.log.read_text(encoding="utf-8")
    assert "A request failed." not in text, "whoever leaves is no error of the app"


def test_what_is_too_large_leaves_nothing(host: Crowded) -> None:
    before = host.files()
    for size in (2_000_001, 2_100_000):
        status, answer = upload(host, "198.51.100.3", size)
        assert status == 413
        assert answer["error"] == "The file is larger than 2 MB; export a smaller version."
    assert host.files() == before
    assert upload(host, "198.51.100.3", 100, field="other") == (200, [])
    assert host.files() == before


def test_one_client_may_hold_its_share_and_no_more(host: Crowded, tmp_path: Path) -> None:
    greedy = "198.51.100.4"
    answers = [upload(host, greedy, 2 * MEGABYTE - 1000) for _ in range(5)]
    # Four of the largest clips: all cuts of a comparison.
    assert [status for status, _ in answers] == [200, 200, 200, 200, 429]
    assert answers[-1][1]["error"].startswith(
        "You already have as many clips waiting here as one visitor may"
    )
    clip = handle_file(clip_of(tmp_path, size=MEGABYTE))
    assert refused(client_at(host, greedy), clip=clip) == answers[-1][1]["error"]
    assert asked(client_at(host, "198.51.100.5"), clip=clip)["score"]


def exhaust(host: Crowded, address: str) -> None:
    """Ask for more than an address may."""
    for _ in range(1000):
        headers = {"X-Forwarded-For": address}
        request = urllib.request.Request(f"{host.url}/gradio_api/x", b"", headers)
        try:
            urllib.request.urlopen(request, timeout=10).close()
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 429:
                return


def test_a_call_beyond_the_rate_ends_with_its_sentence(host: Crowded, tmp_path: Path) -> None:
    client = client_at(host, "198.51.100.6")
    for name, given in (
        ("/predict", {"clip": handle_file(clip_of(tmp_path))}),
        ("/what_if", {"result": "nothing"}),
    ):
        exhaust(host, "198.51.100.6")
        said = refused(client, name, **given)
        assert re.fullmatch(r"That was a lot at once; wait \d+ seconds and try again\.", said)


def test_a_full_queue_and_a_stop_are_told_to_everybody_who_waits(tmp_path: Path) -> None:
    with crowded(tmp_path, clip_s=6.0, VIRAL_SHUTDOWN_GRACE_S="10") as host:
        client = client_at(host, "192.0.2.1")
        clip = handle_file(clip_of(tmp_path))
        jobs = [client.submit(clip=clip, api_name="/predict") for _ in range(4)]
        assert until(lambda: sum(not path.is_dir() for path in host.files()) == 4)
        assert until(lambda: any(job.status().rank == 2 for job in jobs))
        for _ in range(57):
            call = json.dumps({"data": [{"path": "x"}]}).encode()
            kind = {"Content-Type": "application/json"}
            place = f"{host.url}/gradio_api/call/predict"
            urllib.request.urlopen(urllib.request.Request(place, call, kind), timeout=10).close()
        said = refused(client_at(host, "192.0.2.2"), clip=clip)
        assert said == "Too many people are waiting; try again in a few minutes."
        assert host.stop() == 0
        ended = Counter(str(job.exception(timeout=20)) for job in jobs)
        # The one that was under way is answered.
        assert ended == {"None": 1, STOPPING: 3}
        assert host.files() == []


def test_a_clip_that_takes_longer_than_the_grace_ends_with_a_sentence(tmp_path: Path) -> None:
    with crowded(tmp_path, clip_s=30.0, VIRAL_SHUTDOWN_GRACE_S="0.5") as host:
        client = client_at(host, "192.0.2.1")
        job = client.submit(clip=handle_file(clip_of(tmp_path)), api_name="/predict")
        assert until(lambda: job.status().code == Status.PROCESSING)
        assert host.stop() == 0
        assert str(job.exception(timeout=20)) == STOPPING


FULL_DISK = """
import sys
from pathlib import Path
sys.path[:0] = {tests!r}
from crowd import crowded
from gradio_client import handle_file
from test_crowded_host import MEGABYTE, client_at, clip_of, refused, upload
with crowded(Path({disk!r}), clip_s=0.0) as host:
    # The disk has room for one of the two at a time, and the settings know nothing of that.
    status, answer = upload(host, "192.0.2.1", 9 * MEGABYTE)
    print((status, answer["error"]))
    whole = handle_file(clip_of(Path({disk!r}).parent, size=7 * MEGABYTE))
    print(refused(client_at(host, "192.0.2.1"), clip=whole))
    print(upload(host, "192.0.2.1", 5 * MEGABYTE)[0])
"""


def test_an_upload_that_fills_the_disk_leaves_the_room_it_took(tmp_path: Path) -> None:
    room = Path(__file__).parent
    disk = tmp_path / "disk"
    disk.mkdir()
    program = FULL_DISK.format(tests=[str(room), str(room.parent)], disk=str(disk))
    failed, said, other = mounted(disk, "size=6m", program).splitlines()
    sentence = "The server holds as many clips as it can; try again in a few minutes."
    assert failed == str((503, sentence))
    assert said == sentence
    assert other == "200"
