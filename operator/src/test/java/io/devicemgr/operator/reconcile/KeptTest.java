package io.devicemgr.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class KeptTest {
    private final Kept<ConfigMap> store = new Kept<>(
            Trim::withoutManagedFields,
            map -> map.getMetadata().getLabels().getOrDefault("devicemgr.io/deployment", ""));

    @Test
    void objectsAreFoundByTheirDeployment() {
        put("a", "lab", "1");
        put("b", "lab", "1");
        put("c", "other", "1");

        assertThat(store.of("lab"))
                .extracting(map -> map.getMetadata().getName())
                .containsExactlyInAnyOrder("a", "b");
        assertThat(store.of("none")).isEmpty();
        assertThat(store.values()).hasSize(3);
    }

    @Test
    void anObjectThatChangesItsDeploymentIsFoundThereOnly() {
        put("a", "lab", "1");
        put("a", "other", "2");

        assertThat(store.of("lab")).isEmpty();
        assertThat(store.of("other")).hasSize(1);
    }

    @Test
    void anObjectThatWentIsFoundNoMore() {
        put("a", "lab", "1");
        store.remove("a");

        assertThat(store.of("lab")).isEmpty();
        assertThat(store.values()).isEmpty();
    }

    @Test
    void anObjectIsNeverMissingWhileItIsUpdated() throws InterruptedException {
        put("a", "lab", "0");
        AtomicBoolean missed = new AtomicBoolean();
        AtomicBoolean done = new AtomicBoolean();
        Thread reader = new Thread(() -> {
            while (!done.get()) {
                if (store.of("lab").isEmpty()) {
                    missed.set(true);
                }
            }
        });
        reader.start();
        for (int i = 1; i < 200_000; i++) {
            put("a", "lab", Integer.toString(i));
        }
        done.set(true);
        reader.join();

        assertThat(missed).isFalse();
    }

    private void put(String name, String deployment, String version) {
        store.put(
                name,
                new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .addToLabels("devicemgr.io/deployment", deployment)
                        .withResourceVersion(version)
                        .endMetadata()
                        .build());
    }
}
