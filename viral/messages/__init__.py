"""Every sentence that people read, as data: a code, its values, and one catalogue a language.

Conventions
-----------
* A catalogue is a TOML file of flat lines, `"code" = "sentence"`, sorted by code: `en.toml`,
  `es.toml`, `pt.toml`. A file more is a language more; nothing else lists them.
* Places are named and may say how their value is written: `{views:integer}`, see
  `viral.messages.formats.KINDS`.
* Where a sentence depends on a number, its line is a table of CLDR plural forms that is chosen by
  the value `count`: `{one = "1 post", other = "{count:integer} posts"}`.
* Code branches on `Message.code`, never on what a sentence says.
"""

from viral.messages.catalogue import DEFAULT_LANGUAGE, LANGUAGES, has, preferred_language
from viral.messages.message import Message
from viral.messages.sentences import text

__all__ = ["DEFAULT_LANGUAGE", "LANGUAGES", "Message", "has", "preferred_language", "text"]
