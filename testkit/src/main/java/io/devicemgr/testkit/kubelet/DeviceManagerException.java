package io.devicemgr.testkit.kubelet;

/** An error of the simulated Device Manager, with the text that the real one has. */
final class DeviceManagerException extends Exception {
    private static final long serialVersionUID = 1;

    DeviceManagerException(String message) {
        super(message);
    }
}
