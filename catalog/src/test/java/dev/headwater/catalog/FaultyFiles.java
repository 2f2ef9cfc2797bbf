package dev.headwater.catalog;

import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.SupportsPrefixOperations;

/** Local files with somebody's faults, for catalogs that load a class. */
public final class FaultyFiles implements SupportsPrefixOperations {
  private static final long serialVersionUID = 1;
  private static final String WHOSE = "faults";
  private static final Map<String, Faults> ALL = new ConcurrentHashMap<>();

  private transient SupportsPrefixOperations files = new LocalFileIO();

  /** The catalog with these faults in its files. */
  static CatalogConfig in(CatalogConfig config, Faults faults) {
    String whose = UUID.randomUUID().toString();
    ALL.put(whose, faults);
    return config.with("io-impl", FaultyFiles.class.getName()).with(WHOSE, whose);
  }

  @Override
  public void initialize(Map<String, String> properties) {
    files = Objects.requireNonNull(ALL.get(properties.get(WHOSE))).files(new LocalFileIO());
  }

  @Override
  public InputFile newInputFile(String location) {
    return files.newInputFile(location);
  }

  @Override
  public OutputFile newOutputFile(String location) {
    return files.newOutputFile(location);
  }

  @Override
  public void deleteFile(String location) {
    files.deleteFile(location);
  }

  @Override
  public Iterable<FileInfo> listPrefix(String prefix) {
    return files.listPrefix(prefix);
  }

  @Override
  public void deletePrefix(String prefix) {
    files.deletePrefix(prefix);
  }
}
