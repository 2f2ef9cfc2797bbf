package dev.headwater.s3;

import dev.headwater.catalog.CatalogConfig;
import java.net.URI;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobApiMetadata;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStoreContext;

/** An S3 server in this process, with a bucket, "lake"; what is in it goes with it. */
final class S3Server {
  private final BlobStoreContext store;
  private final S3Proxy server;

  S3Server() throws Exception {
    store =
        ContextBuilder.newBuilder(new TransientNio2BlobApiMetadata())
            .credentials("id", "key")
            .build(BlobStoreContext.class);
    bucket("lake");
    server =
        S3Proxy.builder()
            .blobStore(store.getBlobStore())
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "id", "key")
            .build();
    server.start();
  }

  /** Makes another bucket. */
  void bucket(String name) {
    store.getBlobStore().createContainerInLocation(null, name);
  }

  /** A catalog's properties for tables in this server. */
  CatalogConfig in(CatalogConfig config, String secret) {
    return config
        .with(CatalogConfig.WAREHOUSE, "s3://lake/warehouse")
        .with("s3.endpoint", "http://127.0.0.1:" + server.getPort())
        .with("s3.path-style-access", "true")
        .with("s3.access-key-id", "id")
        .with("s3.secret-access-key.secret", secret)
        .with("client.region", "us-east-1");
  }

  /** Puts an object into the bucket. */
  void put(String key, byte[] bytes) {
    store
        .getBlobStore()
        .putBlob("lake", store.getBlobStore().blobBuilder(key).payload(bytes).build());
  }

  void remove(String key) {
    store.getBlobStore().removeBlob("lake", key);
  }

  void stop() throws Exception {
    server.stop();
    store.close();
  }
}
