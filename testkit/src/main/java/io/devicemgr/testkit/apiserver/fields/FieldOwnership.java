package io.devicemgr.testkit.apiserver.fields;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.fields.ManagedFields.Manager;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.schema.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Field ownership of one kind: bookkeeping for plain writes, and server-side apply. */
public final class FieldOwnership {
    private static final FieldSet STRIPPED = stripped();

    private final Schema schema;
    private final String apiVersion;
    private final String subresource;

    /**
     * @param subresource "" for the object itself; with a status subresource each side owns only its own half
     */
    public FieldOwnership(Schema schema, String apiVersion, String subresource) {
        this.schema = schema;
        this.apiVersion = apiVersion;
        this.subresource = subresource;
    }

    /**
     * Records a create, update or patch: the manager owns what it changed, others lose it.
     *
     * @param live the object before, or an empty one
     * @param ignored top-level fields that this endpoint does not write
     */
    public void recordUpdate(JsonNode live, ObjectNode next, String managerName, String now, List<String> ignored) {
        Manager manager = new Manager(managerName, "Update", apiVersion, subresource);
        ManagedFields managed = ManagedFields.of(next.path("metadata").has("managedFields") ? next : live);
        if (next.at("/metadata/managedFields").isArray()
                && next.at("/metadata/managedFields").isEmpty()) {
            managed = ManagedFields.of(Json.object());
        }
        Comparison change = Comparison.of(schema, bare(live), bare(next));
        managed.takeFromOthers(manager, change.changed().union(change.removed()));
        FieldSet mine = managed.owned(manager)
                .difference(change.removed())
                .union(change.changed())
                .difference(STRIPPED)
                .without(topLevel(ignored));
        managed.set(manager, mine, now);
        managed.writeTo(next);
    }

    /**
     * Server-side apply.
     *
     * @return the object to store, managedFields included
     * @throws ApiException 409 with the conflicting fields unless forced
     */
    public ObjectNode apply(
            ObjectNode live, ObjectNode applied, String managerName, boolean force, String now, List<String> ignored) {
        AppliedObjectCheck.check(schema, applied, apiVersion);
        ObjectNode config = bare(applied);
        ignored.forEach(config::remove);
        ObjectNode before = bare(live);
        Manager manager = new Manager(managerName, "Apply", apiVersion, subresource);
        ManagedFields managed = ManagedFields.of(live);
        FieldSet last = managed.owned(manager);
        FieldSet set = TypedTree.fieldsOf(schema, config);
        JsonNode merged = TypedTree.merge(schema, before, config);
        // What nobody may own keeps its parents all the same: the name is applied each time.
        ManagedFields owners = ManagedFields.of(live);
        owners.set(manager, set, now);
        ObjectNode pruned = (ObjectNode) prune(merged, owners, last);
        ManagedFields next = ManagedFields.of(live);
        next.set(manager, set.difference(STRIPPED), now);
        settle(next, manager, Comparison.of(schema, before, pruned), force);
        Json.metadata(pruned);
        next.writeTo(pruned);
        return pruned;
    }

    private void settle(ManagedFields managed, Manager manager, Comparison change, boolean force) {
        if (!force) {
            Map<Manager, FieldSet> conflicts = new LinkedHashMap<>();
            for (Manager other : managed.managers()) {
                FieldSet clash = managed.owned(other).intersection(change.changed());
                if (!other.equals(manager) && !clash.isEmpty()) {
                    conflicts.put(other, clash);
                }
            }
            if (!conflicts.isEmpty()) {
                throw ApplyConflicts.refusal(conflicts);
            }
        }
        managed.takeFromOthers(manager, change.changed().union(change.removed()));
    }

    /** Removes what the manager applied last time, no longer applies, and nobody else owns. */
    private JsonNode prune(JsonNode merged, ManagedFields managed, FieldSet last) {
        if (last.isEmpty()) {
            return merged;
        }
        JsonNode pruned = orEmpty(TypedTree.remove(schema, merged, last.withNamedParents()));
        FieldSet mergedSet = TypedTree.fieldsOf(schema, merged).withNamedParents();
        FieldSet keep = TypedTree.fieldsOf(schema, pruned)
                .withNamedParents()
                .union(managed.all().withNamedParents());
        pruned = orEmpty(TypedTree.remove(schema, merged, mergedSet.difference(keep)));
        FieldSet prunedSet = TypedTree.fieldsOf(schema, pruned).withNamedParents();
        FieldSet gone = mergedSet.difference(prunedSet).intersection(last.withNamedParents());
        return orEmpty(TypedTree.remove(schema, merged, gone));
    }

    private static JsonNode orEmpty(JsonNode value) {
        return value == null ? Json.object() : value;
    }

    /** A deep copy without managedFields, which own no fields themselves. */
    private static ObjectNode bare(JsonNode object) {
        ObjectNode copy = object.deepCopy();
        if (copy.get("metadata") instanceof ObjectNode metadata) {
            metadata.remove("managedFields");
        }
        return copy;
    }

    private static FieldSet topLevel(List<String> names) {
        FieldSet set = new FieldSet();
        names.forEach(n -> set.insert(List.of("f:" + n)));
        return set;
    }

    private static FieldSet stripped() {
        FieldSet set = topLevel(List.of("apiVersion", "kind", "metadata"));
        List<String> system = List.of(
                "name",
                "namespace",
                "creationTimestamp",
                "selfLink",
                "uid",
                "generation",
                "managedFields",
                "resourceVersion",
                "deletionTimestamp",
                "deletionGracePeriodSeconds",
                "generateName");
        system.forEach(n -> set.insert(new ArrayList<>(List.of("f:metadata", "f:" + n))));
        return set;
    }
}
