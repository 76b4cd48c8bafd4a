from pathlib import Path

import pytest

from kiosk.temperatures import processor_c, read_temperatures


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text + "\n")


def test_every_sensor_is_told_by_name(tmp_path: Path) -> None:
    write(tmp_path / "thermal" / "thermal_zone0", type="x86_pkg_temp", temp="51000")
    write(
        tmp_path / "hwmon" / "hwmon1",
        name="coretemp", temp1_input="49500", temp1_label="Core 0", temp2_input="48000",
    )  # fmt: skip

    assert read_temperatures(tmp_path) == {
        "x86_pkg_temp": 51.0, "coretemp Core 0": 49.5, "coretemp": 48.0,
    }  # fmt: skip


def test_two_sensors_of_one_name_are_both_told(tmp_path: Path) -> None:
    for number in (0, 1):
        write(tmp_path / "hwmon" / f"hwmon{number}", name="nvme", temp1_input=f"4{number}000")

    assert read_temperatures(tmp_path) == {"nvme": 40.0, "nvme hwmon1 temp1_input": 41.0}


@pytest.mark.parametrize("text", ["-273000", "127000", "127500", "", "N/A"])
def test_a_sensor_that_measures_nothing_is_left_out(tmp_path: Path, text: str) -> None:
    write(tmp_path / "thermal" / "thermal_zone0", type="acpitz", temp=text)

    assert read_temperatures(tmp_path) == {}


def test_a_machine_without_sensors_tells_none(tmp_path: Path) -> None:
    assert read_temperatures(tmp_path) == {}


def test_of_what_computes_other_parts_say_nothing(tmp_path: Path) -> None:
    write(tmp_path / "hwmon" / "hwmon0", name="nct6775", temp1_input="112000")
    write(tmp_path / "hwmon" / "hwmon1", name="nvme", temp1_input="93000")
    assert processor_c(tmp_path) is None

    write(tmp_path / "thermal" / "thermal_zone0", type="CPU-therm", temp="61000")
    write(tmp_path / "hwmon" / "hwmon2", name="k10temp", temp1_input="64000")
    assert processor_c(tmp_path) == 64.0
