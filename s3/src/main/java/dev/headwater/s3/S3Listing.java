package dev.headwater.s3;

import dev.headwater.catalog.StoreListing;
import dev.headwater.catalog.StoredFile;
import java.util.Iterator;
import org.apache.iceberg.aws.s3.S3FileIO;
import org.apache.iceberg.io.FileIO;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Objects in S3 with their ETags, a thousand a request. */
public final class S3Listing implements StoreListing {
  /** Found by its service's name. */
  public S3Listing() {}

  @Override
  public boolean knows(FileIO files) {
    return files instanceof S3FileIO;
  }

  @Override
  public Iterable<StoredFile> list(FileIO files, String prefix, boolean deep) {
    S3Client client = ((S3FileIO) files).client(prefix);
    int from = prefix.indexOf("://") + 3;
    int slash = prefix.indexOf('/', from);
    String bucket = slash < 0 ? prefix.substring(from) : prefix.substring(from, slash);
    String key = slash < 0 ? "" : prefix.substring(slash + 1);
    String root = prefix.substring(0, from) + bucket + "/";
    return () -> {
      Iterator<S3Object> objects =
          client
              .listObjectsV2Paginator(
                  request -> {
                    request.bucket(bucket).prefix(key);
                    if (!deep) {
                      request.delimiter("/");
                    }
                  })
              .contents()
              .iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return objects.hasNext();
        }

        @Override
        public StoredFile next() {
          return file(root, objects.next());
        }
      };
    };
  }

  private static StoredFile file(String root, S3Object object) {
    String tag = object.eTag() == null ? "" : object.eTag().replace("\"", "");
    long modified = object.lastModified().toEpochMilli();
    return new StoredFile(
        root + object.key(),
        object.size(),
        modified,
        tag.isEmpty() ? "changed:" + modified : "etag:" + tag);
  }
}
