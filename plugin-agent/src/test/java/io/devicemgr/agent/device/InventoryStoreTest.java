package io.devicemgr.agent.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InventoryStoreTest {
    private final InventoryStore store = new InventoryStore();
    private final List<Long> heard = new ArrayList<>();

    @Test
    void theFirstLookCountsEvenIfItFindsNothing() {
        assertThat(store.current().scanned()).isFalse();
        store.update(inventory -> inventory);
        assertThat(store.current().scanned()).isTrue();
    }

    @Test
    void onlyChangesAreHeard() {
        try (InventoryStore.Registration registration = store.onChange(inventory -> heard.add(inventory.version()))) {
            assertThat(registration).isNotNull();
            store.update(inventory -> inventory);
            store.update(inventory -> inventory);
            store.update(inventory -> unmatched("/dev/a"));
            store.update(inventory -> unmatched("/dev/a"));
        }
        store.update(inventory -> unmatched("/dev/b"));
        assertThat(heard).containsExactly(1L, 2L);
        assertThat(store.current().version()).isEqualTo(3);
    }

    private static Inventory unmatched(String glob) {
        return new Inventory(
                0,
                List.of(),
                List.of(new Inventory.Unmatched("example.com/x", glob, Inventory.Unmatched.Why.NoMatch, null)),
                List.of());
    }
}
