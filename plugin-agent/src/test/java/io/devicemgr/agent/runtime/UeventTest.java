package io.devicemgr.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UeventTest {
    @Test
    void whatTheKernelSendsIsRead() {
        Uevent event = Uevent.parse(bytes("add@/devices/pci0000:00/usb1/1-1/1-1:1.0/ttyUSB0/tty/ttyUSB0|ACTION=add"
                        + "|DEVPATH=/devices/pci0000:00/usb1/1-1/1-1:1.0/ttyUSB0/tty/ttyUSB0|SUBSYSTEM=tty|MAJOR=188|MINOR=0"
                        + "|DEVNAME=ttyUSB0|ODD=a=b|EMPTY=|SEQNUM=4711|"))
                .orElseThrow();
        assertThat(event.action()).isEqualTo("add");
        assertThat(event.devpath()).isEqualTo("/devices/pci0000:00/usb1/1-1/1-1:1.0/ttyUSB0/tty/ttyUSB0");
        assertThat(event.subsystem()).isEqualTo("tty");
        assertThat(event.properties())
                .containsEntry("MAJOR", "188")
                .containsEntry("ODD", "a=b")
                .containsEntry("EMPTY", "")
                .containsEntry("SEQNUM", "4711");
        assertThatThrownBy(() -> event.properties().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "|||",
                "@/devices/x|ACTION=add|DEVPATH=/devices/x|SUBSYSTEM=usb",
                "libudev|ACTION=add|DEVPATH=/devices/x|SUBSYSTEM=usb",
                "add@/devices/x",
                "add@/devices/x|ACTION=add|DEVPATH=/devices/x",
                "add@/devices/x|ACTION|DEVPATH|SUBSYSTEM|=",
                "add@/devices/x|DEVPATH=/devices/x|SUBSYSTEM=usb"
            })
    void whatIsNotAnEventIsNoEvent(String text) {
        assertThat(Uevent.parse(bytes(text))).isEmpty();
    }

    @Test
    void bytesThatAreNoTextDoNoHarm() {
        byte[] message = bytes("add@/devices/x|ACTION=add|DEVPATH=/devices/x|SUBSYSTEM=usb|SERIAL=???");
        message[message.length - 1] = (byte) 0xff;
        message[message.length - 2] = (byte) 0xc3;
        assertThat(Uevent.parse(message)).map(Uevent::subsystem).contains("usb");
    }

    private static byte[] bytes(String text) {
        return text.replace('|', '\0').getBytes(StandardCharsets.UTF_8);
    }
}
