import codecs
import gzip
import os

import pytest

from ontogeny.given_files import decoded, problem_of, problem_of_text, repeated, unpacked

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


OTHER = {
    "utf-16 with a mark": (
        "Grüße an alle".encode("utf-16"),
        ["is UTF-16 and", "-f UTF-16 -t UTF-8"],
    ),
    "utf-16-be with a mark": (codecs.BOM_UTF16_BE + "Text".encode("utf-16-be"), ["is UTF-16 and"]),
    "utf-16-le": ("Grüße an alle".encode("utf-16-le"), ["is UTF-16LE and", "-f UTF-16LE"]),
    "utf-16-be": ("plain words".encode("utf-16-be"), ["is UTF-16BE and", "-f UTF-16BE"]),
    "utf-32 with a mark": ("Grüße".encode("utf-32"), ["is UTF-32 and", "-f UTF-32"]),
    "utf-32-be with a mark": (codecs.BOM_UTF32_BE + "A".encode("utf-32-be"), ["is UTF-32 and"]),
    "utf-32-le": ("plain words".encode("utf-32-le"), ["is UTF-32LE and"]),
    "utf-32-be": ("plain words".encode("utf-32-be"), ["is UTF-32BE and"]),
    "latin-1": ("Grüße".encode("latin-1")[1:], ["byte 0xfc at position 1 (line 1)", "-f LATIN1"]),
    "windows-1252": ("a – b".encode("cp1252"), ["byte 0x96 at position 2", "-f WINDOWS-1252"]),
    "a character cut in two": ("naïve ü".encode()[:-1], ["ends in the middle of a character"]),
    "latin-1 with an accent at its end": (
        "un café".encode("latin-1"),
        ["ends in the middle of a character, or it is not UTF-8", "-f LATIN1"],
    ),
    "a surrogate": (b"ab\xed\xa0\x80", ["is not UTF-8: byte 0xed at position 2"]),
    "a NUL byte in a text": (b"some text\0 and more", ["NUL byte at position 9"]),
    "gzip": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\x4b\x4c", ["NUL byte at position 3"]),
}


@pytest.mark.parametrize("name", OTHER)
def test_what_is_no_text_in_utf8_is_refused_for_its_true_reason(tmp_path, name):
    content, said = OTHER[name]
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="; ") as refused:
        decoded(content)
    for part in said:
        assert part in str(refused.value)
    assert problem_of_text(path) == str(refused.value)


@pytest.mark.parametrize(
    "text", ["a", "Grüße\r\n", "中文", "\U0001f600", "a\tb\x0c", "\ufffd", "x" * (2**20 - 1) + "ü"]
)
def test_a_text_in_utf8_has_no_problem_and_comes_back(tmp_path, text):
    path = tmp_path / "file"
    for content in (text.encode(), codecs.BOM_UTF8 + text.encode()):
        path.write_bytes(content)
        assert problem_of_text(path) is None
        assert decoded(content) == text


def test_a_byte_that_is_not_utf8_is_found_in_any_part_of_a_large_file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x" * (2**20 + 5) + b"\n\xe9\n")
    assert f"byte 0xe9 at position {2**20 + 6} (line 2)" in problem_of_text(path)


def test_a_file_with_nothing_but_a_mark_is_empty(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(codecs.BOM_UTF8)
    assert problem_of_text(path).startswith("is empty")


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert problem_of(tmp_path / "pipe").startswith("is a pipe or a device")


def test_a_path_through_a_file_and_a_circle_of_links_are_called_what_they_are(tmp_path):
    (tmp_path / "file").write_bytes(b"1")
    assert problem_of(tmp_path / "file" / "x").startswith("does not exist")
    (tmp_path / "link").symlink_to(tmp_path / "link")
    assert problem_of(tmp_path / "link").startswith("is a circle of symbolic links")


def test_a_file_given_twice_is_known_by_any_path(tmp_path):
    first, link = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_text("a")
    link.symlink_to(first)
    other = tmp_path / "c.txt"
    other.write_text("a")
    again = f"{tmp_path}/./a.txt"
    assert repeated([str(first), str(other)]) == {}
    said = f"is the same file as {str(first)!r}; name each file once"
    assert repeated([str(first), str(link), again]) == {str(link): said, again: said}


def test_a_file_whose_name_ends_in_gz_is_read_as_what_is_packed_in_it(tmp_path):
    path = tmp_path / "text.jsonl.GZ"
    path.write_bytes(gzip.compress("Grüße".encode()))
    assert problem_of_text(path) is None
    assert unpacked(path.read_bytes(), path) == "Grüße".encode()
    assert unpacked(b"plain", "text.jsonl") == b"plain"
    path.write_bytes(gzip.compress(b"ab\nGr\xfc\xdfe"))
    assert problem_of_text(path).startswith("is not UTF-8: byte 0xfc at position 5 (line 2)")


PACKED = gzip.compress(bytes(range(1, 128)) * 20)


@pytest.mark.parametrize(
    "content",
    [b"plain text", PACKED[:-12], PACKED[:-4], PACKED[:12], PACKED[:20] + b"x" + PACKED[21:]],
    ids=["not packed", "cut in its data", "cut in its end", "its start", "a wrong byte"],
)
def test_a_broken_gzip_file_is_named_so(tmp_path, content):
    path = tmp_path / "text.jsonl.gz"
    path.write_bytes(content)
    assert problem_of_text(path).startswith("is not a whole gzip file, as its name says; get the")
    with pytest.raises(ValueError, match="is not a whole gzip file"):
        unpacked(content, path)
