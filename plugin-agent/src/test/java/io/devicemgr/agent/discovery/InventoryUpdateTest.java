package io.devicemgr.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.DeviceNode;
import io.devicemgr.agent.device.DeviceNode.Role;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.device.NodeNumber;
import io.devicemgr.agent.device.NodeNumber.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InventoryUpdateTest {
    private static final String SERIAL = "example.com/serial";
    private static final String OTHER = "example.com/other";
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private Inventory inventory = Inventory.unknown();
    private Instant now = START;
    private TrackingRules rules = new TrackingRules(Set.of(), Set.of(), Duration.ofMinutes(10));

    @Test
    void whatIsFoundIsHealthy() {
        look(device(SERIAL, "/dev/ttyUSB0", 0));
        assertThat(only().id()).hasToString("ttyUSB0");
        assertThat(only().health().isHealthy()).isTrue();
        assertThat(only().health().since()).isEqualTo(START);
    }

    @Test
    void aLostDeviceStaysListedAndComesBackHealthy() {
        look(device(SERIAL, "/dev/ttyUSB0", 0));
        lookLater();
        assertThat(only().health().reason()).isEqualTo(Reason.MISSING);
        assertThat(only().health().since()).isEqualTo(START.plusSeconds(1));
        lookLater();
        assertThat(only().health().since())
                .as("a verdict that stays keeps its time")
                .isEqualTo(START.plusSeconds(1));
        lookLater(device(SERIAL, "/dev/ttyUSB0", 0));
        assertThat(only().health().isHealthy()).isTrue();
        assertThat(only().health().since()).isEqualTo(START.plusSeconds(3));
    }

    @Test
    void anotherDeviceUnderThePathIsNotTheDevice() {
        look(device(SERIAL, "/dev/ttyUSB0", 0));
        lookLater(device(SERIAL, "/dev/ttyUSB0", 7));
        assertThat(only().health().reason()).isEqualTo(Reason.REPLACED);
        assertThat(only().health().message()).contains("188:7").contains("188:0");
        lookLater(device(SERIAL, "/dev/ttyUSB0", 0));
        assertThat(only().health().isHealthy()).isTrue();
    }

    @Test
    void aReplacedDeviceThatNobodyHoldsTakesTheNewOne() {
        look(device(SERIAL, "/dev/ttyUSB0", 0));
        lookLater(device(SERIAL, "/dev/ttyUSB0", 7));
        look(Set.of(only().id()), device(SERIAL, "/dev/ttyUSB0", 7));
        assertThat(only().health().isHealthy()).isTrue();
        assertThat(only().nodes().get(0).number().minor()).isEqualTo(7);
    }

    @Test
    void aHealthyDeviceDoesNotTakeAnotherUnseen() {
        look(device(SERIAL, "/dev/ttyUSB0", 0));
        look(Set.of(only().id()), device(SERIAL, "/dev/ttyUSB0", 7));
        assertThat(only().health().reason()).isEqualTo(Reason.REPLACED);
    }

    @Test
    void whatIsNoDeviceAnyMoreSaysSo() {
        look(device(SERIAL, "/dev/ttyUSB0", 0));
        lookLater(Sighting.problem(SERIAL, "/dev/ttyUSB0", Reason.NOT_A_DEVICE, "no device"));
        assertThat(only().health().reason()).isEqualTo(Reason.NOT_A_DEVICE);
        lookLater(Sighting.problem(SERIAL, "/dev/ttyUSB0", Reason.PERMISSION_DENIED, "denied"));
        assertThat(only().health().reason()).isEqualTo(Reason.PERMISSION_DENIED);
    }

    @Test
    void twoMatchesOfOneDeviceAreOneDeviceNamedAfterTheFirst() {
        look(
                Sighting.of(SERIAL, Hardware.node("/dev/serial/by-id/a", "/dev/ttyUSB0", number(0))),
                device(SERIAL, "/dev/ttyUSB0", 0));
        assertThat(only().id()).hasToString("serial-by-id-a");
        assertThat(only().paths()).containsExactly("/dev/serial/by-id/a", "/dev/ttyUSB0");
        assertThat(only().nodes().get(0).hostPath()).isEqualTo("/dev/ttyUSB0");
    }

    @Test
    void aPathThatIsMatchedTwiceIsListedOnce() {
        look(device(SERIAL, "/dev/ttyUSB0", 0), device(SERIAL, "/dev/ttyUSB0", 0));
        assertThat(only().paths()).containsExactly("/dev/ttyUSB0");
    }

    @Test
    void aDeviceOfAnotherResourceIsNotOfferedTwice() {
        look(device(SERIAL, "/dev/ttyUSB0", 0), device(OTHER, "/dev/link", 0));
        assertThat(inventory.of(OTHER)).isEmpty();
        assertThat(only().resource()).isEqualTo(SERIAL);
        assertThat(inventory.conflicts()).singleElement().satisfies(conflict -> {
            assertThat(conflict.resource()).isEqualTo(OTHER);
            assertThat(conflict.message()).contains("/dev/link", SERIAL, OTHER, "ttyUSB0");
        });
        lookLater(device(OTHER, "/dev/link", 0));
        assertThat(inventory.of(OTHER)).as("the owner has lost it").hasSize(1);
        assertThat(inventory.conflicts()).isEmpty();
    }

    @Test
    void whoHasADeviceKeepsItWhenItsOldOwnerSeesItAgain() {
        look(device(SERIAL, "/dev/ttyUSB0", 0));
        lookLater(device(OTHER, "/dev/link", 0));
        lookLater(device(SERIAL, "/dev/ttyUSB0", 0), device(OTHER, "/dev/link", 0));
        assertThat(inventory.of(OTHER).get(0).health().isHealthy()).isTrue();
        assertThat(inventory.of(SERIAL).get(0).health().reason()).isEqualTo(Reason.REPLACED);
    }

    @Test
    void idsAreUniqueOnTheNode() {
        look(device(SERIAL, "/dev/a-b", 0), device(OTHER, "/dev/a/b", 1));
        assertThat(inventory.devices())
                .extracting(Device::id)
                .doesNotHaveDuplicates()
                .hasSize(2);
    }

    @Test
    void whatIsGoneForLongAndHeldByNobodyIsDropped() {
        look(device(SERIAL, "/dev/ttyUSB0", 0));
        lookLater();
        DeviceId lost = only().id();
        now = now.plus(Duration.ofMinutes(9));
        look(Set.of(lost));
        assertThat(only().health().reason()).as("not for long enough").isEqualTo(Reason.MISSING);
        now = now.plus(Duration.ofMinutes(1));
        look(Set.of());
        assertThat(only().health().reason()).as("somebody may hold it").isEqualTo(Reason.MISSING);
        look(Set.of(lost));
        assertThat(inventory.devices()).isEmpty();
        lookLater(device(SERIAL, "/dev/ttyUSB0", 3));
        assertThat(only().id()).as("a new life under the old name").isEqualTo(lost);
    }

    @Test
    void theSameDeviceUnderAnotherNumberWaitsForItsHolder() {
        look(adapter(0));
        lookLater();
        lookLater(adapter(1));
        assertThat(only().health().reason()).isEqualTo(Reason.RENUMBERED);
        assertThat(only().health().message()).contains("188:1", "188:0", "restart its pod");
        look(Set.of(only().id()), adapter(1));
        assertThat(only().health().isHealthy()).isTrue();
        assertThat(only().nodes().get(0).number().minor()).isEqualTo(1);
    }

    @Test
    void theSameDeviceUnderAnotherNumberGoesOnAtOnceWhereContainersGetTheNewest() {
        rules = new TrackingRules(Set.of(), Set.of(SERIAL), Duration.ofMinutes(10));
        look(adapter(0));
        lookLater(adapter(1));
        assertThat(only().health().isHealthy()).isTrue();
        assertThat(only().nodes().get(0).number().minor()).isEqualTo(1);
    }

    @Test
    void anotherDeviceUnderTheSameNumberIsNotTheDevice() {
        look(adapter(0));
        lookLater(Sighting.of(SERIAL, withIdentity("serial B", 0)));
        assertThat(only().health().reason()).isEqualTo(Reason.REPLACED);
        assertThat(only().health().message()).contains("serial A", "serial B");
    }

    @Test
    void aNodeThatComesBesidesTheOthersHarmsNobody() {
        look(adapter(0));
        Hardware one = withIdentity("serial A", 0);
        Hardware two = new Hardware(
                one.key(),
                one.identity(),
                one.name(),
                List.of(one.nodes().get(0), DeviceNode.own("/dev/ttyUSB1", "/dev/ttyUSB1", number(1))),
                one.paths(),
                null,
                null);
        lookLater(Sighting.of(SERIAL, two));
        assertThat(only().health().isHealthy()).isTrue();
        assertThat(only().nodes()).hasSize(2);
        lookLater(Sighting.of(SERIAL, one));
        assertThat(only().health().reason()).as("a node has gone").isEqualTo(Reason.RENUMBERED);
    }

    @Test
    void aNodeThatComesWithEveryDeviceIsNoReasonForAConflict() {
        DeviceNode shared = new DeviceNode("/dev/vfio/vfio", "/dev/vfio/vfio", number(9), Role.SHARED);
        look(
                Sighting.of(SERIAL, new Hardware("a", "a", "a", List.of(shared, own(0)), List.of(), null, null)),
                Sighting.of(OTHER, new Hardware("b", "b", "b", List.of(shared, own(1)), List.of(), null, null)));
        assertThat(inventory.conflicts()).isEmpty();
        assertThat(inventory.devices()).hasSize(2);
    }

    @Test
    void aDeviceWithProbesIsHealthyOnceTheyHaveSpoken() {
        rules = new TrackingRules(Set.of(SERIAL), Set.of(), Duration.ofMinutes(10));
        look(device(SERIAL, "/dev/ttyUSB0", 0));
        assertThat(only().health().reason()).isEqualTo(Reason.UNPROBED);
        probe(Health.present(now.plusSeconds(1)));
        assertThat(only().health().isHealthy()).isTrue();
        assertThat(only().health().since()).isEqualTo(START.plusSeconds(1));
        lookLater(device(SERIAL, "/dev/ttyUSB0", 0));
        assertThat(only().health().isHealthy()).as("a look keeps the verdict").isTrue();
        lookLater();
        lookLater(device(SERIAL, "/dev/ttyUSB0", 0));
        assertThat(only().health().reason()).as("it may not be what it was").isEqualTo(Reason.UNPROBED);
    }

    @Test
    void aDeviceWhoseSerialNumberIsNoLongerUniqueGoesOnUnderItsId() {
        look(usb("serial 1", "1-1", 0));
        DeviceId id = only().id();
        lookLater(usb("port 1-1", "1-1", 0), usb("port 1-2", "1-2", 1));
        assertThat(inventory.devices())
                .hasSize(2)
                .allMatch(device -> device.health().isHealthy());
        Device first = inventory.devices().stream()
                .filter(device -> device.id().equals(id))
                .findFirst()
                .orElseThrow();
        assertThat(first.hardware().sysfsPath()).isEqualTo("/sys/devices/1-1");
        lookLater(usb("port 1-2", "1-2", 1));
        assertThat(inventory.devices())
                .filteredOn(device -> !device.health().isHealthy())
                .extracting(Device::id)
                .containsExactly(id);
    }

    @Test
    void anotherDeviceInTheSamePortIsANewOne() {
        look(usb("serial 1", "1-1", 0));
        Hardware other = new Hardware(
                "serial 2", "model 2", "b", List.of(own(0)), List.of("/dev/ttyUSB0"), "/sys/devices/1-1", null);
        lookLater(Sighting.of(SERIAL, other));
        assertThat(inventory.devices())
                .as("the old one is lost, and the new one is there although its node has the old path")
                .extracting(device ->
                        device.hardware().key() + " " + device.health().isHealthy())
                .containsExactlyInAnyOrder("serial 1 false", "serial 2 true");
    }

    @Test
    void ofTwoSelectorsTheOneThatSeesADeviceIsRight() {
        Sighting problem = Sighting.problem(SERIAL, "serial 1", Reason.INCOMPLETE, "no hidraw node");
        look(problem, usb("serial 1", "1-1", 0));
        lookLater(problem, usb("serial 1", "1-1", 0));
        assertThat(only().health().isHealthy()).isTrue();
    }

    @Test
    void probesThatComeOrGoWithTheSettingsLeaveNoVerdictBehind() {
        look(device(SERIAL, "/dev/ttyUSB0", 0));
        rules = new TrackingRules(Set.of(SERIAL), Set.of(), Duration.ofMinutes(10));
        lookLater(device(SERIAL, "/dev/ttyUSB0", 0));
        assertThat(only().health().reason()).isEqualTo(Reason.UNPROBED);
        probe(Health.unhealthy(Reason.OPEN_FAILED, "broken", now));
        assertThat(only().health().reason()).isEqualTo(Reason.OPEN_FAILED);
        rules = new TrackingRules(Set.of(), Set.of(), Duration.ofMinutes(10));
        lookLater(device(SERIAL, "/dev/ttyUSB0", 0));
        assertThat(only().health().isHealthy()).isTrue();
    }

    @Test
    void theSameLookChangesNothing() {
        look(device(SERIAL, "/dev/ttyUSB0", 0), device(SERIAL, "/dev/ttyUSB1", 1));
        Inventory before = inventory;
        lookLater(device(SERIAL, "/dev/ttyUSB0", 0), device(SERIAL, "/dev/ttyUSB1", 1));
        assertThat(inventory.sameAs(before)).isTrue();
    }

    private Device only() {
        assertThat(inventory.devices()).hasSize(1);
        return inventory.devices().get(0);
    }

    private void lookLater(Sighting... sightings) {
        now = now.plusSeconds(1);
        look(sightings);
    }

    private void look(Sighting... sightings) {
        look(Set.of(), sightings);
    }

    private void look(Set<DeviceId> free, Sighting... sightings) {
        Scan scan = new Scan(List.of(sightings), List.of(), Set.of(), Set.of(), Set.of());
        inventory = InventoryUpdate.apply(inventory, scan, rules, now, free);
    }

    private static Sighting device(String resource, String path, int minor) {
        return Sighting.of(resource, Hardware.node(path, path, number(minor)));
    }

    private void probe(Health verdict) {
        inventory = new Inventory(
                inventory.version(), List.of(only().withProbe(verdict)), inventory.unmatched(), inventory.conflicts());
    }

    private static Sighting usb(String key, String port, int minor) {
        return Sighting.of(
                SERIAL,
                new Hardware(
                        key,
                        "model 1",
                        "usb-" + key.replace(' ', '-'),
                        List.of(own(minor)),
                        List.of("/dev/ttyUSB" + minor),
                        "/sys/devices/" + port,
                        null));
    }

    private static Sighting adapter(int minor) {
        return Sighting.of(SERIAL, withIdentity("serial A", minor));
    }

    private static Hardware withIdentity(String identity, int minor) {
        return new Hardware(
                "port 1", identity, "usb-" + identity, List.of(own(minor)), List.of("/dev/ttyUSB" + minor), null, null);
    }

    private static DeviceNode own(int minor) {
        return DeviceNode.own("/dev/ttyUSB" + minor, "/dev/ttyUSB" + minor, number(minor));
    }

    private static NodeNumber number(int minor) {
        return new NodeNumber(Type.CHARACTER, 188, minor);
    }
}
