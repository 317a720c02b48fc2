"""Tensors come out of torch's files as torch reads them, and a file can say nothing else."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from viral.modalities.networks import torch_file
from viral.modalities.networks.pretrained import find

torch = pytest.importorskip("torch")


def saved(path: Path, content: object) -> Path:
    torch.save(content, path, _use_new_zipfile_serialization=False)
    return path


def test_the_published_weights_are_read_as_torch_reads_them() -> None:
    path = find("efficientnet_lite0")
    found = torch_file.tensors_in(path)
    expected = torch.load(path, map_location="cpu", weights_only=True)
    assert list(found) == list(expected)
    for name, tensor in expected.items():
        assert found[name].dtype == tensor.numpy().dtype, name
        np.testing.assert_array_equal(found[name], tensor.numpy())


def test_views_shapes_and_types_are_kept(tmp_path: Path) -> None:
    whole = torch.arange(24, dtype=torch.float64).reshape(4, 6)
    content = OrderedDict(
        turned=whole.T, part=whole[1:3, ::2], count=torch.tensor(7), one=torch.ones(1, 1, 3)
    )
    found = torch_file.tensors_in(saved(tmp_path / "some.pth", content))
    for name, tensor in content.items():
        np.testing.assert_array_equal(found[name], tensor.numpy())
        assert found[name].shape == tuple(tensor.shape)
        assert not found[name].flags.writeable


class Opens:
    """Creates a file where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> object:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("spoilt", ["calls", "cut off", "empty", "another form"])
def test_a_spoilt_file_is_refused_and_nothing_in_it_runs(tmp_path: Path, spoilt: str) -> None:
    trace, path = tmp_path / "trace", tmp_path / "some.pth"
    saved(path, OrderedDict(weight=torch.ones(50)))
    if spoilt == "calls":
        saved(path, OrderedDict(weight=torch.ones(50), more=Opens(trace)))
    elif spoilt == "cut off":
        path.write_bytes(path.read_bytes()[:-9])
    elif spoilt == "empty":
        path.write_bytes(b"")
    else:
        torch.save(OrderedDict(weight=torch.ones(50)), path)
    with pytest.raises(ValueError, match=r"^the file of weights "):
        torch_file.tensors_in(path)
    assert not trace.exists()
