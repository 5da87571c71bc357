"""Builds with other choices (page size, number of guests, what traps), and guests that are one test each."""

import pytest

from tests.vmm_firmware.machines import MACHINES, QUICK, on_model, on_spike


@pytest.mark.parametrize("on", QUICK)
def test_small_pages(run, on):
    """4 KiB pages in the G-stage instead of one megapage."""
    assert run(on, GSTAGE_LEAF_LEVEL=0).code == 0


@pytest.mark.parametrize("on", QUICK)
def test_counters_without_traps(run, on):
    """With all of hcounteren set the guest reads cycle and instret itself."""
    trapping, free = run(on), run(on, HCOUNTEREN=7)
    assert free.code == 0, free.text
    assert free.exits("driver")["instructions"] < trapping.exits("driver")["instructions"] - 200


@pytest.mark.parametrize("on", QUICK)
def test_time_traps(run, on):
    """With hcounteren clear the guest's clock is emulated. Its timer ticks slowly: Spike's clock moves by 50 at a time, and
    how many ticks emulation takes there depends on where it stands; it may be more than the 300 of the demo."""
    hidden = run(on, HCOUNTEREN=0, TICK=1000)
    assert hidden.code == 0, hidden.text
    assert hidden.exits("worker")["instructions"] > run(on, TICK=1000).exits("worker")["instructions"]


@pytest.mark.parametrize("on", QUICK)
def test_waiting_guest_preempts(run, on):
    """A guest in WFI gets the hart when its timer fires, not when the slice of another ends (the driver checks)."""
    lines = run(on, "driver", "bad_spin", SLICE_TICKS=20_000, SLICES_MAX=8, DRIVER_ROUNDS=10).hypervisor()
    assert "guest 0 (driver) passed" in lines, "\n".join(lines)


@pytest.mark.parametrize("on", ["model", "model-spike"])
def test_waiting_costs_one_exit(run, on):
    """A guest in WFI is not woken before its time: the worker waits four times. (Not on Spike, where a write of vstimecmp
    from HS-mode ignores htimedelta: its timer is pending too early.)"""
    assert run(on, "worker", WORKER_ROUNDS=2).exits("worker")["instructions"] <= 4


@pytest.mark.parametrize("on", QUICK)
def test_vtvm(run, on):
    """With hstatus.VTVM set, satp and SFENCE.VMA of the guest are emulated."""
    free, trapping = run(on), run(on, VTVM="HSTATUS_VTVM")
    assert trapping.code == 0, trapping.text
    for guest in ("worker", "driver"):
        assert trapping.exits(guest)["instructions"] > free.exits(guest)["instructions"]


@pytest.mark.parametrize("on", [*QUICK, "spike-misaligned"])
def test_misaligned(run, on, monkeypatch):
    """Also on a hart that would carry out misaligned accesses itself."""
    monkeypatch.setitem(MACHINES, "spike-misaligned", lambda elf: on_spike(elf, "_zicclsm"))
    assert run(on, "misaligned").code == 0


@pytest.mark.parametrize("on", QUICK)
def test_forged_line(run, on):
    """Control characters of a guest do not reach the terminal."""
    assert run(on, "forger").guest(0) == ["x?[2K?[hypervisor] all is well"]


@pytest.mark.parametrize("profile", ["tiny", "default"])
def test_vmid_rollover(run, profile, monkeypatch):
    """Ten guests on a hart with seven VMIDs, and on one that has enough."""
    monkeypatch.setitem(MACHINES, profile, on_model(profile))
    many = run(profile, *["worker"] * 10, WORKER_ROUNDS=2)
    assert many.code == 0, many.text
    assert (many.figure("VMID rollovers") > 0) == (profile == "tiny")


def test_registry_overlap(run):
    """Two SBI extensions with one number are a mistake of the hypervisor, found before any guest runs."""
    broken = run("model", "bad_report", SBI_EID_DOPPELHART="0x54494d45")
    assert broken.code == 2
    assert any(line.startswith("panic: two SBI extensions claim numbers") for line in broken.hypervisor())


@pytest.mark.parametrize("on", QUICK)
def test_stale_code(run, on):
    """The hypervisor's read of a guest's instruction may fault; Spike keeps the old translation, the model does not."""
    stale = run(on, "stale")
    assert stale.code == 0, stale.text
    assert stale.exits("stale")["loads"] < 10, "the hart went on with the old instruction"


@pytest.mark.parametrize("ticks", [100, 1000])
@pytest.mark.parametrize("on", QUICK)
def test_harts(run, on, ticks):
    """Three harts in each of two guests: HSM, IPI and remote fences, good and bad."""
    both = run(on, "harts", "harts", HARTS=3, SLICE_TICKS=ticks)
    assert both.code == 0, both.text


def test_harts_in_lockstep(run):
    """The fences count on the RTL, which remembers translations."""
    assert run("rtl", "harts", HARTS=3, SLICE_TICKS=200).code == 0


@pytest.mark.parametrize("leaf", [0, 2])
@pytest.mark.parametrize("on", QUICK)
def test_shadow(run, on, leaf):
    """The demo's guests on shadow page tables, made of small pages and of large ones."""
    shadow = run(on, SHADOW=1, GSTAGE_LEAF_LEVEL=leaf)
    assert shadow.code == 0, shadow.text
    assert shadow.exits("worker")["instructions"] > run(on).exits("worker")["instructions"]


def test_shadow_of_little_room(run):
    """One address space and as few tables as one instruction may need: what is dropped comes back."""
    tight = run("model", "worker", "worker", "driver", SHADOW=1, SHADOW_TABLES=8, SHADOW_SPACES=1, GSTAGE_LEAF_LEVEL=0,
                DRIVER_ROUNDS=10)
    assert tight.code == 0, tight.text


def test_shadow_of_harts(run):
    """The shadow belongs to the machine: fences of one hart count for the others."""
    assert run("model", "harts", "harts", HARTS=3, SLICE_TICKS=100, SHADOW=1).code == 0


@pytest.mark.parametrize("defines", [{}, {"GSTAGE_LEAF_LEVEL": 0}, {"RAM_ON_DEMAND": 1}, {"SHADOW": 1},
                                     {"SHADOW": 1, "RAM_ON_DEMAND": 1}], ids=str)
@pytest.mark.parametrize("on", ["spike", "model"])
def test_balloon(run, on, defines):
    """Pages that two guests give back are gone, out of large pages and small ones, and no others; taken again they are zero."""
    both = run(on, "balloon", "balloon", **defines)
    assert both.code == 0, both.text


def test_balloon_in_lockstep(run):
    """The RTL remembers translations of large pages, which are split under it."""
    assert run("rtl", "balloon").code == 0


def test_page_of_two_owners(run):
    """RAM for a second guest that belongs to the first is a mistake of the hypervisor, found before any guest runs."""
    broken = run("model", "bad_report", "bad_report", FLAW="FLAW_SHARES_RAM")
    assert broken.code == 2
    assert any("belong to owner" in line for line in broken.hypervisor())
