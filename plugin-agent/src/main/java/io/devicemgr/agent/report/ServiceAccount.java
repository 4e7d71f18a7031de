package io.devicemgr.agent.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Token and CA as the kubelet mounts them; it replaces both from time to time. */
final class ServiceAccount {
    /** RFC 6750, b64token. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    private final Path tokenFile;
    private final Path caFile;
    private FileTime tokenTime;
    private String token;

    ServiceAccount(Path directory) {
        this.tokenFile = directory.resolve("token");
        this.caFile = directory.resolve("ca.crt");
    }

    /** The token as it is now. */
    String token() throws IOException {
        FileTime time = Files.getLastModifiedTime(tokenFile);
        if (!time.equals(tokenTime)) {
            String read = Files.readString(tokenFile).strip();
            if (!TOKEN.matcher(read).matches()) {
                // The HTTP client would refuse it with a text that has the token in it.
                throw new IOException(tokenFile + " is not a token");
            }
            token = read;
            tokenTime = time;
        }
        return token;
    }

    /** The API server has refused the token: the file is read again, whatever its time. */
    void tokenRefused() {
        tokenTime = null;
    }

    /** When the CA was written: a later time asks for a new {@link #trust()}. */
    FileTime caTime() throws IOException {
        return Files.getLastModifiedTime(caFile);
    }

    /** Trust in the cluster's CA and in nothing else. */
    SSLContext trust() throws IOException {
        try (InputStream certificates = Files.newInputStream(caFile)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(certificates)) {
                store.setCertificateEntry("ca-" + number++, certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(caFile + " is not a list of certificates: " + e.getMessage(), e);
        }
    }
}
