"""Reads the sheets of a folder with openpyxl and compares each cell with expected.json:
{file: {"keys": number of the row of the keys, "rows": [{key: value}]}}, rows in their order.
What isn't named there must be empty."""

import json
import pathlib
import sys

import openpyxl

folder = pathlib.Path(sys.argv[1])
wrong = []
cells = 0
for name, expected in json.loads((folder / "expected.json").read_text("utf-8")).items():
    sheet = openpyxl.load_workbook(folder / name).worksheets[0]
    keys = [cell.value for cell in sheet[expected["keys"]]]
    rows = list(sheet.iter_rows(min_row=expected["keys"] + 1))
    if len(rows) != len(expected["rows"]):
        wrong.append(f"{name}: {len(rows)} rows, not {len(expected['rows'])}")
    for cells_of_row, values in zip(rows, expected["rows"]):
        if unknown := values.keys() - set(keys):
            wrong.append(f"{name}: no column {unknown}")
        for key, cell in zip(keys, cells_of_row):
            found, value = cell.value, values.get(key)
            if cell.data_type == "f":
                # So LibreOffice writes what is true or false.
                found = {"=TRUE()": True, "=FALSE()": False}.get(found, found)
            if isinstance(value, float):
                found = float(found)
            # Spreadsheets keep one kind of line end; openpyxl leaves the other one escaped.
            if isinstance(found, str) and isinstance(value, str):
                found = found.replace("_x000D_", "\r").replace("\r\n", "\n")
                value = value.replace("\r\n", "\n")
            cells += 1
            if found != value or isinstance(found, bool) != isinstance(value, bool):
                wrong.append(f"{name} {cell.coordinate} {key}: {found!r}, not {value!r}")
for line in wrong:
    print(f"    {line}")
if wrong:
    sys.exit(1)
print(f"    {cells} cells are as they should be")
