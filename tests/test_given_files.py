import codecs
import os

import pytest

from ontogeny.given_files import decoded, problem_of

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"1,2\n", None),
        (b"", "is empty"),
        (POINTER, "is a Git LFS pointer and not the file itself; run `git lfs pull`"),
    ],
)
def test_what_a_file_is_decides_what_is_said(tmp_path, content, said):
    path = tmp_path / "file"
    path.write_bytes(content)
    found = problem_of(path)
    assert found is None if said is None else found.startswith(said)


def test_a_missing_file_and_a_folder_are_called_what_they_are(tmp_path):
    assert problem_of(tmp_path / "none").startswith("does not exist")
    assert problem_of(tmp_path).startswith("is a folder")
    assert problem_of(tmp_path / ("x" * 300)).startswith("has too long a name")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_named_so(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"1")
    path.chmod(0)
    assert problem_of(path).startswith("may not be read")


def test_a_byte_order_mark_is_no_part_of_the_text():
    assert decoded(codecs.BOM_UTF8 + "Grüße".encode()) == "Grüße"


def test_bytes_that_are_not_utf8_are_refused_with_their_position():
    with pytest.raises(ValueError, match=r"byte 0xfc at position 6 \(line 2\)"):
        decoded(b"abc\nGr" + "üße".encode("latin-1"))
    with pytest.raises(ValueError, match=r"byte 0xfc at position 5 "):
        decoded(codecs.BOM_UTF8 + b"Gr\xfc")
    with pytest.raises(ValueError, match="is UTF-16"):
        decoded("abc".encode("utf-16"))
