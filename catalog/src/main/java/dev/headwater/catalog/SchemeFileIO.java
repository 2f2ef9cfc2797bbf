package dev.headwater.catalog;

import dev.headwater.catalog.HeadwaterException.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.io.BulkDeletionFailureException;
import org.apache.iceberg.io.DelegateFileIO;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.StorageCredential;
import org.apache.iceberg.io.SupportsBulkOperations;
import org.apache.iceberg.io.SupportsPrefixOperations;
import org.apache.iceberg.io.SupportsStorageCredentials;
import org.jspecify.annotations.Nullable;

/**
 * Files by the scheme of their location: local ones without Hadoop, those in object storage by
 * Iceberg's own FileIO for them, which must be on the class path and is loaded at the first use.
 * With {@code io-impl} all by that one. It travels with its properties, but never with a secret: a
 * copy looks for those where it is used. The clients are shared by all copies in a JVM.
 */
public final class SchemeFileIO implements DelegateFileIO, SupportsStorageCredentials {
  private static final long serialVersionUID = 1;

  /** The class that reads and writes all files, where somebody has chosen one. */
  static final String CHOSEN = "headwater.io-impl";

  /** Begins the name of a property that says where the secret of the rest of the name is. */
  static final String REFERENCE = "headwater.secret.";

  private static final String S3 = "org.apache.iceberg.aws.s3.S3FileIO";
  private static final String GCS = "org.apache.iceberg.gcp.gcs.GCSFileIO";
  private static final String ADLS = "org.apache.iceberg.azure.adlsv2.ADLSFileIO";
  private static final Map<String, String> KNOWN =
      Map.of(
          "s3", S3, "s3a", S3, "s3n", S3, "gs", GCS, "abfs", ADLS, "abfss", ADLS, "wasb", ADLS,
          "wasbs", ADLS);

  private static final FileIO LOCAL = new LocalFileIO();
  private static final int MOST_OPENED = 64;

  private record Opened(
      String impl, Map<String, String> properties, List<Map<String, String>> lent) {}

  /** What is pushed out may still be in use, and closes itself when nobody holds it any more. */
  @SuppressWarnings("serial")
  private static final Map<Opened, FileIO> OPENED =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Opened, FileIO> eldest) {
          return size() > MOST_OPENED;
        }
      };

  private Map<String, String> properties = Map.of();
  private List<StorageCredential> credentials = List.of();

  /** The files that a configuration's properties are about, whatever its catalog. */
  public static SchemeFileIO of(CatalogConfig config) {
    SchemeFileIO files = new SchemeFileIO();
    files.initialize(Catalogs.properties(config));
    return files;
  }

  @Override
  public void initialize(Map<String, String> all) {
    Map<String, String> kept = new HashMap<>(all);
    all.keySet().stream()
        .filter(key -> key.startsWith(REFERENCE))
        .forEach(key -> kept.remove(key.substring(REFERENCE.length())));
    properties = Map.copyOf(kept);
  }

  @Override
  public Map<String, String> properties() {
    return properties;
  }

  @Override
  public void setCredentials(List<StorageCredential> lent) {
    credentials = List.copyOf(lent);
  }

  @Override
  public List<StorageCredential> credentials() {
    return credentials;
  }

  @Override
  public InputFile newInputFile(String location) {
    return of(location).newInputFile(location);
  }

  @Override
  public InputFile newInputFile(String location, long length) {
    return of(location).newInputFile(location, length);
  }

  @Override
  public OutputFile newOutputFile(String location) {
    return of(location).newOutputFile(location);
  }

  @Override
  public void deleteFile(String location) {
    of(location).deleteFile(location);
  }

  @Override
  public void deleteFiles(Iterable<String> locations) {
    Map<FileIO, List<String>> byFiles = new LinkedHashMap<>();
    locations.forEach(l -> byFiles.computeIfAbsent(of(l), f -> new ArrayList<>()).add(l));
    int failed = 0;
    for (Map.Entry<FileIO, List<String>> entry : byFiles.entrySet()) {
      failed += delete(entry.getKey(), entry.getValue());
    }
    if (failed > 0) {
      throw new BulkDeletionFailureException(failed);
    }
  }

  private static int delete(FileIO files, List<String> locations) {
    if (files instanceof SupportsBulkOperations bulk) {
      try {
        bulk.deleteFiles(locations);
        return 0;
      } catch (BulkDeletionFailureException e) {
        return e.numberFailedObjects();
      }
    }
    int failed = 0;
    for (String location : locations) {
      try {
        files.deleteFile(location);
      } catch (RuntimeException e) {
        failed++;
      }
    }
    return failed;
  }

  @Override
  public Iterable<FileInfo> listPrefix(String prefix) {
    return prefixes(prefix).listPrefix(prefix);
  }

  /**
   * The objects of a store whose locations begin so, with what tells their contents apart.
   *
   * @param deep whether also those with a slash behind the prefix
   */
  public Iterable<StoredFile> objects(String prefix, boolean deep) {
    FileIO files = of(prefix);
    for (StoreListing store : ServiceLoader.load(StoreListing.class)) {
      if (store.knows(files)) {
        return store.list(files, prefix, deep);
      }
    }
    Stream<FileInfo> all = StreamSupport.stream(listPrefix(prefix).spliterator(), false);
    return () ->
        all.filter(file -> deep || file.location().indexOf('/', prefix.length()) < 0)
            .map(
                file ->
                    new StoredFile(
                        file.location(),
                        file.size(),
                        file.createdAtMillis(),
                        "changed:" + file.createdAtMillis()))
            .iterator();
  }

  @Override
  public void deletePrefix(String prefix) {
    prefixes(prefix).deletePrefix(prefix);
  }

  private SupportsPrefixOperations prefixes(String location) {
    FileIO files = of(location);
    if (files instanceof SupportsPrefixOperations prefixes) {
      return prefixes;
    }
    throw new UnsupportedOperationException("Cannot list the files below " + location);
  }

  private FileIO of(String location) {
    String impl = impl(location);
    if (impl == null) {
      return LOCAL;
    }
    List<Map<String, String>> lent =
        credentials.stream().map(c -> Map.of(c.prefix(), c.config().toString())).toList();
    Opened key = new Opened(impl, properties, lent);
    synchronized (OPENED) {
      return OPENED.computeIfAbsent(key, k -> open(impl, location));
    }
  }

  /** The class for a location; null: local files. */
  private @Nullable String impl(String location) {
    String chosen = properties.get(CHOSEN);
    if (chosen != null) {
      return chosen;
    }
    int colon = location.indexOf(':');
    String scheme = colon < 0 ? "file" : location.substring(0, colon).toLowerCase(Locale.ROOT);
    if (scheme.equals("file")) {
      return null;
    }
    String impl = KNOWN.get(scheme);
    if (impl == null) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Cannot open %s: nothing here reads '%s:'.".formatted(location, scheme),
          "Name a class that does in the catalog's 'io-impl', and put it on the class path.");
    }
    return impl;
  }

  private FileIO open(String impl, String location) {
    try {
      return CatalogUtil.loadFileIO(impl, resolved(), null, credentials);
    } catch (IllegalArgumentException | NoClassDefFoundError e) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Cannot open %s: its class %s is not on the class path, or lacks something that it needs."
              .formatted(location, impl),
          impl.equals(S3)
              ? "Add headwater-s3 to the class path (docs/catalogs.md)."
              : "Put Iceberg's module for this storage on the class path.",
          e);
    }
  }

  private Map<String, String> resolved() {
    Map<String, String> all = new HashMap<>(properties);
    // Iceberg's defaults want AWS modules that storage alone does not need (KMS, Glue, Apache's
    // client).
    all.putIfAbsent("http-client.type", "urlconnection");
    all.putIfAbsent(
        "s3.client-factory-impl", "org.apache.iceberg.aws.s3.DefaultS3FileIOAwsClientFactory");
    properties.forEach(
        (key, value) -> {
          if (key.startsWith(REFERENCE)) {
            String name = key.substring(REFERENCE.length());
            all.put(name, Secrets.secret("the files' " + name, value));
          }
        });
    return all;
  }

  /** Only names: what is in the properties is nobody's business. */
  @Override
  public String toString() {
    return "files by scheme"
        + (properties.containsKey(CHOSEN) ? ", by " + properties.get(CHOSEN) : "");
  }
}
