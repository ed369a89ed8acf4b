"""Disks: the same image on every kind of controller."""
import pytest

from machine import EXIT_SUCCESS
from report import Report

CONTROLLERS = [("pc", "ide"), ("q35", "ahci"), ("pc", "virtio"), ("q35", "nvme"), ("pc", "usb-xhci"),
               ("pc", "usb-ehci")]


@pytest.mark.parametrize("machine,attach", CONTROLLERS, ids=[attach for _, attach in CONTROLLERS])
def test_boots_from(firmware, start, exit_disk, machine, attach):
    done = start(firmware, exit_disk, machine=machine, attach=attach).wait_for_rest()
    assert done.exit_code == EXIT_SUCCESS
    assert Report(done.serial()).ends_well
