package io.devicemgr.testkit.kubelet;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerAllocateResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code kubelet_internal_checkpoint} in the shape of rule 91. Only the checksum's algorithm is our own; a real
 * one hashes a Go memory dump.
 */
final class Checkpoint {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoint.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What a kubelet remembers over its restart. */
    record Content(List<PodDevices.Share> shares, Map<String, List<String>> healthy) {}

    record File(
            @JsonProperty("Data") Data data,
            @JsonProperty("Checksum") long checksum) {}

    record Data(
            @JsonProperty("PodDeviceEntries") List<Entry> entries,
            @JsonProperty("RegisteredDevices") Map<String, List<String>> registered) {}

    record Entry(
            @JsonProperty("PodUID") String pod,
            @JsonProperty("ContainerName") String container,
            @JsonProperty("ResourceName") String resource,
            @JsonProperty("DeviceIDs") Map<Long, List<String>> ids,
            @JsonProperty("AllocResp") byte[] response) {}

    private final Path path;

    Checkpoint(Path directory) {
        path = directory.resolve("kubelet_internal_checkpoint");
    }

    void write(Content content) {
        try {
            Data data =
                    new Data(content.shares().stream().map(Checkpoint::entry).toList(), content.healthy());
            Path fresh = path.resolveSibling("." + path.getFileName());
            Files.write(fresh, JSON.writeValueAsBytes(new File(data, checksum(data))));
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + path, e);
        }
    }

    /** Empty when there is none or it is damaged; a kubelet then starts with nothing. */
    Optional<Content> read() {
        try {
            File file = JSON.readValue(Files.readAllBytes(path), File.class);
            if (file.checksum() != checksum(file.data())) {
                LOG.warn("{} is damaged: its checksum does not match", path);
                return Optional.empty();
            }
            return Optional.of(new Content(
                    file.data().entries().stream().map(Checkpoint::share).toList(),
                    file.data().registered()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JsonProcessingException e) {
            LOG.warn("{} is damaged: {}", path, e.getMessage());
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + path, e);
        }
    }

    private static Entry entry(PodDevices.Share share) {
        return new Entry(
                share.pod(),
                share.container(),
                share.resource(),
                share.idsByNode(),
                share.response().toByteArray());
    }

    private static PodDevices.Share share(Entry entry) {
        try {
            return new PodDevices.Share(
                    entry.pod(),
                    entry.container(),
                    entry.resource(),
                    entry.ids(),
                    ContainerAllocateResponse.parseFrom(entry.response()));
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException("AllocResp in the checkpoint is no protobuf", e);
        }
    }

    private static long checksum(Data data) throws JsonProcessingException {
        CRC32 crc = new CRC32();
        crc.update(JSON.writeValueAsString(data).getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }
}
