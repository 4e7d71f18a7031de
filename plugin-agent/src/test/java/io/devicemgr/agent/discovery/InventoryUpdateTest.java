package io.devicemgr.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.device.NodeNumber;
import io.devicemgr.agent.device.NodeNumber.Type;
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
        assertThat(only().number().minor()).isEqualTo(7);
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
        lookLater(new Sighting(SERIAL, "/dev/ttyUSB0", "/dev/ttyUSB0", null, Reason.NOT_A_DEVICE));
        assertThat(only().health().reason()).isEqualTo(Reason.NOT_A_DEVICE);
        lookLater(new Sighting(SERIAL, "/dev/ttyUSB0", "/dev/ttyUSB0", null, Reason.PERMISSION_DENIED));
        assertThat(only().health().reason()).isEqualTo(Reason.PERMISSION_DENIED);
    }

    @Test
    void twoMatchesOfOneDeviceAreOneDeviceNamedAfterTheFirst() {
        look(
                new Sighting(SERIAL, "/dev/serial/by-id/a", "/dev/ttyUSB0", number(0), null),
                device(SERIAL, "/dev/ttyUSB0", 0));
        assertThat(only().id()).hasToString("serial-by-id-a");
        assertThat(only().paths()).containsExactly("/dev/serial/by-id/a", "/dev/ttyUSB0");
        assertThat(only().hostPath()).isEqualTo("/dev/ttyUSB0");
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

    private void look(Set<DeviceId> adoptable, Sighting... sightings) {
        Scan scan = new Scan(List.of(sightings), List.of(), Set.of());
        inventory = InventoryUpdate.apply(inventory, scan, now, adoptable);
    }

    private static Sighting device(String resource, String path, int minor) {
        return new Sighting(resource, path, path, number(minor), null);
    }

    private static NodeNumber number(int minor) {
        return new NodeNumber(Type.CHARACTER, 188, minor);
    }
}
