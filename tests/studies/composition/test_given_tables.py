import gzip
import json

import netCDF4
import numpy as np
import pytest
import xarray as xr

from ontogeny.groups import cyclic, group
from ontogeny.studies.composition.catalogue.parsed_tables import parsed_table

S3 = group("S3")
INDICES = S3.table.tolist()
NUMBERS = tuple("012345")
FROM_ONE = tuple("123456")


def lines(rows, separator=",", end="\n"):
    return end.join(separator.join(map(str, row)) for row in rows) + end


def labelled(labels, corner="*"):
    return [[corner, *labels]] + [
        [label, *(labels[product] for product in row)]
        for label, row in zip(labels, INDICES, strict=True)
    ]


LETTERS = tuple("eéabcd")
QUOTED = [f'"{label.replace(" ", ",")}"' for label in S3.labels]
COMMAS = tuple(label.replace(" ", ",") for label in S3.labels)
ADDED = [[product + 1 for product in row] for row in INDICES]
READ = {
    "indices": (lines(INDICES), NUMBERS),
    "blanks behind commas": (lines(INDICES, ", "), NUMBERS),
    "tabs": (lines(INDICES, "\t"), NUMBERS),
    "semicolons": (lines(INDICES, ";"), NUMBERS),
    "blanks": (lines(INDICES, " "), NUMBERS),
    "aligned by blanks": (lines(INDICES, "   ").replace("0", "  0"), NUMBERS),
    "byte-order mark": ("\ufeff" + lines(INDICES), NUMBERS),
    "Windows": (lines(INDICES, end="\r\n"), NUMBERS),
    "old Macintosh": (lines(INDICES, end="\r"), NUMBERS),
    "sep= of Excel": ("sep=;\n" + lines(INDICES, ";"), NUMBERS),
    "blank lines": ("\n" + lines(INDICES) + "\n   \n", NUMBERS),
    "commas at the end": (lines(INDICES, end=",,\n") + ",,,,,,,\n", NUMBERS),
    "comment": ("# S3, by rows\n" + lines(INDICES), NUMBERS),
    "comment with as many commas": ("#a,b,c,d,e,f\n" + lines(INDICES), NUMBERS),
    "numpy.savetxt": (lines([[f"{x:.18e}" for x in row] for row in INDICES]), NUMBERS),
    "numpy.savetxt by default": (
        lines([[f"{x:.18e}" for x in row] for row in INDICES], " "),
        NUMBERS,
    ),
    "floats": (lines([[f"{x}.0" for x in row] for row in INDICES]), NUMBERS),
    "all in quotation marks": (lines([[f'"{x}"' for x in row] for row in INDICES]), NUMBERS),
    "from 1": (lines(ADDED), FROM_ONE),
    "from 1, floats": (lines([[f"{x}.00" for x in row] for row in ADDED]), FROM_ONE),
    "GAP": (str(ADDED).replace("],", "],\n "), FROM_ONE),
    "GAP, with a semicolon": (f"{ADDED};\n", FROM_ONE),
    "GAP, with a name": (f"t := {ADDED};\n", FROM_ONE),
    "JSON": (json.dumps(INDICES), NUMBERS),
    "labels": (lines(labelled(LETTERS)), LETTERS),
    "labels, no corner": (lines(labelled(LETTERS, "")), LETTERS),
    "labels, # in the corner": (lines(labelled(LETTERS, "#")), LETTERS),
    "labels, semicolons": (lines(labelled(LETTERS), ";"), LETTERS),
    "labels in JSON": (json.dumps(labelled(LETTERS)), LETTERS),
    "labels of commas": (lines(labelled(QUOTED)), COMMAS),
    "labels of commas behind blanks": (lines(labelled(QUOTED), ", "), COMMAS),
    "labels of commas before blanks": (lines(labelled(QUOTED), " , "), COMMAS),
    "labels of commas, tabs": (lines(labelled(COMMAS), "\t"), COMMAS),
    "numbers as labels": (lines(labelled(FROM_ONE, "")), FROM_ONE),
    "numbers as labels, 0 in the corner": (lines(labelled(FROM_ONE, 0)), FROM_ONE),
    "numbers as labels, 1 in the corner": (lines(labelled(FROM_ONE, 1)), FROM_ONE),
    "indices as labels, pandas": (lines(labelled(NUMBERS, "")), NUMBERS),
    "floats of pandas below whole labels": (
        lines([["", *range(6)]] + [[i, *(f"{x}.0" for x in r)] for i, r in enumerate(INDICES)]),
        NUMBERS,
    ),
    "large numbers as labels": (lines(labelled([10, 20, 30, 40, 50, 60])), None),
    "write.table of R": (
        lines([[f'"{label}"' for label in LETTERS], *labelled(LETTERS)[1:]], " "),
        LETTERS,
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", READ)
def test_a_table_is_read_as_programs_write_it(form):
    text, labels = READ[form]
    table, found = parsed_table(text.encode())
    np.testing.assert_array_equal(table, INDICES)
    assert table.dtype == np.int64
    assert found == (labels or ("10", "20", "30", "40", "50", "60"))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 11])
@pytest.mark.parametrize("base", [0, 1])
def test_the_first_index_is_found(n, base):
    table, labels = parsed_table(lines((cyclic(n).table + base).tolist()).encode())
    np.testing.assert_array_equal(table, cyclic(n).table)
    assert labels == tuple(str(base + index) for index in range(n))


def test_an_identity_that_is_not_first_is_no_label():
    moved = group("S5").table
    for base in (0, 1):
        table, _ = parsed_table(lines((moved + base).tolist()).encode())
        np.testing.assert_array_equal(table, moved)


def with_entry(rows, row, column, value):
    rows = [list(cells) for cells in rows]
    rows[row][column] = value
    return lines(rows)


REFUSED = {
    "a letter": (
        with_entry(INDICES, 2, 3, "x"),
        r"neither indices \(line 3, column 4: 'x' is not a whole number\)",
    ),
    "a fraction": (with_entry(INDICES, 2, 3, 0.4), "line 3, column 4: '0.4' is not a whole number"),
    "a gap": (with_entry(INDICES, 2, 3, ""), "line 3, column 4: '' is not a whole number"),
    "too large": (
        with_entry(INDICES, 2, 3, 6),
        r"line 3, column 4: 6 is not an index from 0 to 5 \(counted from 0, as an entry is 0\)",
    ),
    "too large from 1": (
        with_entry(ADDED, 2, 3, 7),
        r"line 3, column 4: 7 is not an index from 1 to 6 \(counted from 1, as no entry is 0\)",
    ),
    "negative": (with_entry(INDICES, 2, 3, -1), "line 3, column 4: -1 is not an index from 0"),
    "unknown label": (
        with_entry(labelled(LETTERS), 2, 3, "x"),
        r"nor labels \(line 3, column 4: the product 'x' is the label of no element\)",
    ),
    "another order of labels": (
        lines([labelled(LETTERS)[0], *labelled(LETTERS)[:0:-1]]),
        "first column must name the elements in the order of the first line, but line 2, column 1 "
        "has 'd' where the first line has 'e'",
    ),
    "a label twice": (
        "*,e,e\ne,e,e\ne,e,e\n",
        "the label 'e' occurs there more than once",
    ),
    "a line too short": (
        lines([*INDICES[:2], INDICES[2][:5], *INDICES[3:]]),
        "as many columns as lines; line 3 has 5 columns where others have 6",
    ),
    "a line too long, after a comment": (
        "# by rows\n" + lines([*INDICES[:2], [*INDICES[2], 0], *INDICES[3:]]),
        "line 4 has 7 columns where others have 6",
    ),
    "a line missing": (lines(INDICES[:5]), "this one has 5 lines of 6 columns"),
    "labels in the first line alone": (
        lines([LETTERS, *INDICES]),
        "7 lines of 6 columns; labels stand in the first column too, or remove the line of titles",
    ),
    "labels with commas": (
        lines(labelled(COMMAS)),
        "a label with a comma must stand in quotation marks",
    ),
    "one cell": ("x\n", "line 1, column 1: 'x' is not a whole number"),
    "brackets": (
        "[[0, 1], [1]]",
        "as many columns as rows; row 2 has 1 column where others have 2",
    ),
    "brackets with a fraction": ("[[0, 1], [1, 0.5]]", "row 2, column 2: '0.5' is not a whole"),
    "a range of GAP": ("[ [ 1 .. 2 ], [ 2, 1 ] ]", "cannot be read as one .*write every entry out"),
    "brackets with other things": ("[[0], 1]", "other things than rows"),
    "bars": ("0|1\n1|0\n", "2 lines of 1 column; separate the columns by commas"),
    "two elements": ("0,1\n1,x\n", "^line 2, column 2: 'x' is not a whole number$"),
    "blank": ("\n \n", "only blank lines"),
    "two separators": ("0;,1\n1;,0\n", "two separators"),
    "NUL": ("0,1\n1,0\n".encode("utf-16-le").decode("latin-1"), "is UTF-16LE and not UTF-8"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_text_is_refused_by_what_is_wrong(fault):
    text, message = REFUSED[fault]
    with pytest.raises(ValueError, match=message):
        parsed_table(text.encode())


@pytest.mark.parametrize(
    ("content", "suffix", "message"),
    [
        (lines(labelled(LETTERS)).encode("latin-1"), ".csv", "is not UTF-8: byte 0xe9"),
        (lines(INDICES).encode("utf-16"), ".csv", "is UTF-16 and not UTF-8"),
        (gzip.compress(b"0", mtime=0), ".csv", "is compressed with gzip"),
        (b"PK\x03\x04", ".xlsx", "Excel"),
        (b"\x93NUMPY\x01\x00", ".npy", "numpy.savetxt"),
        (lines(INDICES).encode(), ".nc", "is not a netCDF file"),
        (b"\x89HDF\r\n\x1a\n and no more", ".nc", "is damaged, or netCDF that cannot be read"),
    ],
)
def test_other_formats_are_called_by_their_name(content, suffix, message):
    with pytest.raises(ValueError, match=message):
        parsed_table(content, suffix)


def netcdf(tmp_path, product, dimensions=("left", "right"), *, form="NETCDF4", **attributes):
    """The bytes of a netCDF file with a variable `product`, and a file that takes more."""
    path = tmp_path / "t.nc"
    product = np.asarray(product)
    with netCDF4.Dataset(path, "w", format=form) as file:
        for name, size in zip(dimensions, product.shape, strict=True):
            file.createDimension(name, size)
        fill = attributes.pop("fill", None)
        file.createVariable("product", product.dtype, dimensions, fill_value=fill)
        file["product"].setncatts(attributes)
        file["product"].set_auto_maskandscale(False)
        file["product"][:] = product
    return path


INTEGERS = np.array(INDICES, dtype="i4")


@pytest.mark.parametrize("form", ["NETCDF4", "NETCDF4_CLASSIC", "NETCDF3_CLASSIC", "NETCDF3_64BIT"])
@pytest.mark.parametrize("dtype", ["i1", "i2", "i4", "f4", "f8"])
@pytest.mark.parametrize("base", [0, 1])
def test_netcdf_is_read_whatever_its_type(tmp_path, form, dtype, base):
    path = netcdf(tmp_path, (INTEGERS + base).astype(dtype), form=form)
    table, labels = parsed_table(path.read_bytes())
    np.testing.assert_array_equal(table, INDICES)
    assert table.dtype == np.int64
    assert labels == tuple(str(base + index) for index in range(6))


def test_factors_are_told_apart_by_the_names_of_the_dimensions(tmp_path):
    path = netcdf(tmp_path, INTEGERS.T, ("right", "left"))
    np.testing.assert_array_equal(parsed_table(path.read_bytes())[0], INDICES)


@pytest.mark.parametrize(
    ("product", "arguments", "message"),
    [
        (INTEGERS + 0.4, {}, "row 1, column 1: 0.4 is not a whole number"),
        (INTEGERS, {"fill": 0}, r"row 1, column 1: is a fill value.*\(`_FillValue` = 0\)"),
        (INTEGERS, {"missing_value": np.int32(5)}, "row 1, column 6: .*`missing_value` = 5"),
        (np.where(INTEGERS == 5, np.nan, INTEGERS), {}, "row 1, column 6: nan is not a whole"),
        (INTEGERS * 2, {}, "row 1, column 4: 6 is not an index from 0 to 5"),
        (INTEGERS[:5], {}, "5 left and 6 right factors"),
        (INTEGERS, {"dimensions": ("x", "y")}, r"dimensions of `product` are \(x, y\)"),
        (
            INTEGERS[None],
            {"dimensions": ("k", "left", "right")},
            r"\(k, left, right\)` has three dim",
        ),
        (
            INTEGERS,
            {"valid_max": np.int32(4)},
            "column 6: 5 is outside of `valid_max` = 4; correct that attribute",
        ),
        (
            INTEGERS,
            {"valid_min": np.int32(1), "fill": 77},
            "column 1: 0 is outside of `valid_min` = 1; correct that attribute",
        ),
        (
            INTEGERS.T,
            {"valid_range": np.array([0, 4], "i4"), "dimensions": ("right", "left")},
            r"column 6: 5 is outside of `valid_range` = \[0 4\]; correct that attribute",
        ),
        (np.full((2, 2), b"e"), {}, "`product` holds no numbers"),
    ],
)
def test_netcdf_is_refused_by_what_is_wrong(tmp_path, product, arguments, message):
    with pytest.raises(ValueError, match=message):
        parsed_table(netcdf(tmp_path, product, **arguments).read_bytes())


@pytest.mark.parametrize("limits", [{}, {"valid_min": np.int32(0)}])
def test_an_entry_that_was_never_written_is_named(tmp_path, limits):
    product = np.array([[0, 1], [1, netCDF4.default_fillvals["i4"]]], dtype="i4")
    path = netcdf(tmp_path, product, **limits)
    with pytest.raises(ValueError, match="row 2, column 2: was never written"):
        parsed_table(path.read_bytes())


def test_a_variable_of_another_name_is_named(tmp_path):
    path = netcdf(tmp_path, INTEGERS)
    with netCDF4.Dataset(path, "a") as file:
        file.renameVariable("product", "table")
    with pytest.raises(ValueError, match=r"no variable `product.*its variables: `table`"):
        parsed_table(path.read_bytes())


def characters(texts, width, padding, encoding="utf-8"):
    rows = [text.encode(encoding).ljust(width, padding) for text in texts]
    return np.array([list(row) for row in rows], dtype="u1").view("S1")


@pytest.mark.parametrize("form", ["NETCDF4", "NETCDF3_CLASSIC"])
@pytest.mark.parametrize("padding", [b" ", b"\0"])
@pytest.mark.parametrize("encoding", [None, "utf-8", "latin-1"])
@pytest.mark.parametrize("texts", [S3.labels, LETTERS])
def test_characters_of_netcdf_become_text(tmp_path, form, padding, encoding, texts):
    path = netcdf(tmp_path, INTEGERS, form=form)
    with netCDF4.Dataset(path, "a") as file:
        file.createDimension("element", 6)
        file.createDimension("length", 9)
        label = file.createVariable("label", "S1", ("element", "length"))
        label.set_auto_chartostring(False)
        if encoding:
            label.setncattr("_Encoding", encoding)
        label[:] = characters(texts, 9, padding, encoding or "utf-8")
    assert parsed_table(path.read_bytes())[1] == texts


def as_bytes(dataset):
    return bytes(dataset.to_netcdf(engine="netcdf4"))


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (np.array(S3.labels, dtype="S9"), S3.labels),
        (np.array(S3.labels, dtype=object), S3.labels),
        (np.array([f"{label}   " for label in S3.labels], dtype=object), S3.labels),
        (np.array(list("eabcdf"), dtype="S1"), tuple("eabcdf")),
        (np.arange(10, 70, 10), ("10", "20", "30", "40", "50", "60")),
        (np.arange(6.0), NUMBERS),
    ],
)
def test_labels_written_by_xarray_are_read(labels, expected):
    dataset = xr.Dataset({"product": (("left", "right"), INTEGERS), "label": ("element", labels)})
    assert parsed_table(as_bytes(dataset))[1] == expected


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["e", "a", "b", "c", "d"], "one label for each of 6 elements"),
        (["e", "a", "b", "c", "d", "e "], "the label 'e' occurs there more than once"),
        (["e", "a", "b", "c", "d", "  "], "the label of element 6 is empty"),
        ([b"e", b"a", b"b", b"c", b"d", b"\xe9"], "not text in utf-8; give .* `_Encoding`"),
    ],
)
def test_labels_of_netcdf_are_refused_by_what_is_wrong(labels, message):
    kind = "S2" if isinstance(labels[0], bytes) else object
    values = np.array(labels, dtype=kind)
    dataset = xr.Dataset({"product": (("left", "right"), INTEGERS), "label": ("element", values)})
    with pytest.raises(ValueError, match=message):
        parsed_table(as_bytes(dataset))


def test_an_open_quotation_mark_is_refused_with_its_line():
    text = '0,1\n1,"' + "0" * 140_000
    with pytest.raises(ValueError, match="line 2 cannot be split into columns"):
        parsed_table(text.encode())


def by_coordinates(product, left, right, **more):
    coordinates = {"left": np.array(left), "right": np.array(right)}
    table = (("left", "right"), np.array(product))
    return as_bytes(xr.Dataset({"product": table} | more, coords=coordinates))


@pytest.mark.parametrize("names", [[2, 0, 1], [10, 20, 30], [2.0, 0.0, 1.0], ["e", "éa", "b"]])
def test_coordinates_name_the_elements(names):
    product = [[names[index] for index in row] for row in cyclic(3).table]
    table, labels = parsed_table(by_coordinates(product, names, names))
    np.testing.assert_array_equal(table, cyclic(3).table)
    assert labels == tuple(str(name).removesuffix(".0") for name in names)
    given = {"label": ("element", np.array(["x", "y", "z"], dtype=object))}
    table, labels = parsed_table(by_coordinates(product, names, names, **given))
    np.testing.assert_array_equal(table, cyclic(3).table)
    assert labels == ("x", "y", "z")


def test_coordinates_of_characters_name_the_elements():
    names = np.array([b"e", b"ab", b"c"])
    content = by_coordinates(names[cyclic(3).table], names, names)
    assert parsed_table(content)[1] == ("e", "ab", "c")


@pytest.mark.parametrize("coordinate", [0, 1])
@pytest.mark.parametrize("base", [0, 1])
def test_coordinates_that_count_up_leave_indices(coordinate, base):
    names = np.arange(3) + coordinate
    table, labels = parsed_table(by_coordinates(cyclic(3).table + base, names, names))
    np.testing.assert_array_equal(table, cyclic(3).table)
    assert labels == tuple(str(base + index) for index in range(3))


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        ([0, 1, 2], [2, 0, 1], "`right` has another order than `left`: element 1 is '2' where"),
        ([10, 20, 30], [10, 20, 30], "row 1, column 1: '2' is none of the coordinates"),
        ([1, 1, 2], [1, 1, 2], "coordinate `left`, the label '1' occurs there more than once"),
    ],
)
def test_coordinates_that_contradict_the_table_are_refused(left, right, message):
    with pytest.raises(ValueError, match=message):
        parsed_table(by_coordinates([[2, 0, 1], [0, 1, 2], [1, 2, 0]], left, right))


def test_one_coordinate_alone_is_refused_unless_it_counts_up():
    table = xr.Dataset({"product": (("left", "right"), cyclic(3).table)})
    assert parsed_table(as_bytes(table.assign_coords(left=[0, 1, 2])))[1] == ("0", "1", "2")
    with pytest.raises(ValueError, match="the coordinate `right` without `left`; write both"):
        parsed_table(as_bytes(table.assign_coords(right=[2, 0, 1])))
