package io.devicemgr.testkit.apiserver.table;

/** A column that kubectl shows; a priority above 0 is for -o wide. */
public record PrinterColumn(
        String name, String type, String format, String description, int priority, String jsonPath) {}
