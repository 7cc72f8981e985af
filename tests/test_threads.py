"""The threads that XLA is asked for: enough for every virtual device."""

import os

import pytest

from w2sjax.machine import threads


@pytest.mark.parametrize(
    "flags, devices, expected",
    [
        ("", "", 1),
        ("--xla_force_host_platform_device_count=8", "", 8),
        ("--xla_x=1 --xla_force_host_platform_device_count=3 --xla_y=2", "4", 3),
        ("", "4", 4),
        ("", "-1", 1),
        ("", "many", 1),
    ],
)
def test_every_virtual_device_gets_its_workers(monkeypatch, flags, devices, expected):
    monkeypatch.setenv("XLA_FLAGS", flags)
    monkeypatch.setenv("JAX_NUM_CPU_DEVICES", devices)
    monkeypatch.delenv("PJRT_NPROC", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    threads.reserve()
    assert os.environ["PJRT_NPROC"] == str(expected * threads.WORKERS)


def test_a_number_that_the_user_chose_and_many_cores_are_left_alone(monkeypatch):
    monkeypatch.delenv("XLA_FLAGS", raising=False)
    monkeypatch.setenv("PJRT_NPROC", "3")
    threads.reserve()
    assert os.environ["PJRT_NPROC"] == "3"
    monkeypatch.delenv("PJRT_NPROC")
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    threads.reserve()
    assert "PJRT_NPROC" not in os.environ


def test_the_tests_themselves_have_them():
    assert int(os.environ["PJRT_NPROC"]) >= 8 * threads.WORKERS
