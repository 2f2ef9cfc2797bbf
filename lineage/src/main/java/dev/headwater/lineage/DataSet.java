package dev.headwater.lineage;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A data set as one run saw it: which version, what is in it, what came out of the checks.
 *
 * @param kind what it is
 * @param name its physical name: for a table, its location
 * @param label what people call it: {@code flights}, {@code late}, {@code data/a.parquet}
 * @param symlink a table's name in its catalog (namespace: the catalog's URI)
 * @param version the snapshot, the model's version, a file's SHA-256, a topic's next offset of each
 *     partition as {@code 0:4000,1:3999}; null while it is not known
 * @param base the version that this one extends, where a run appended; else null
 * @param root whether it comes from outside, so that no run of ours wrote it
 * @param modified when it came to be as it is, where that is known
 * @param sha256 of a file, or of a model's manifest
 * @param schema the fields, in order; may be empty
 * @param statistics what the run read from it or wrote to it
 * @param columnLineage by output column, what it comes from; needs a schema
 * @param rowSources the columns that decide which rows there are and which of them meet: keys,
 *     times, conditions; they have a part in every column
 * @param quality what was measured and asserted
 * @param storage how its bytes are kept
 * @param catalog the catalog that knows it
 * @param model what only models have
 * @param own what else stands in facets of ours
 * @param description a sentence for readers
 * @param owners those who answer for it, as name to role
 * @param tags free words, as key to value
 */
public record DataSet(
    Kind kind,
    DataSetName name,
    String label,
    @Nullable DataSetName symlink,
    @Nullable String version,
    @Nullable String base,
    boolean root,
    @Nullable Instant modified,
    @Nullable String sha256,
    List<Field> schema,
    @Nullable Statistics statistics,
    SortedMap<String, List<ColumnSource>> columnLineage,
    List<ColumnSource> rowSources,
    @Nullable Quality quality,
    @Nullable Storage storage,
    @Nullable Catalog catalog,
    @Nullable ModelFacts model,
    List<OwnFacet> own,
    @Nullable String description,
    Map<String, String> owners,
    Map<String, String> tags) {

  /** What a data set is. */
  public enum Kind {
    FILE,
    TABLE,
    MODEL,
    TOPIC
  }

  /** A column: its name, its type as its system writes it, its fields where it is a struct. */
  public record Field(String name, String type, @Nullable String description, List<Field> fields) {
    public Field {
      fields = List.copyOf(fields);
    }

    public static Field of(String name, String type) {
      return new Field(name, type, null, List.of());
    }
  }

  /** Amounts; null where they are not known. */
  public record Statistics(@Nullable Long rows, @Nullable Long bytes, @Nullable Long files) {
    public static Statistics rows(long rows) {
      return new Statistics(rows, null, null);
    }
  }

  /** How bytes are kept: {@code iceberg} and {@code parquet}. */
  public record Storage(String layer, @Nullable String format) {}

  /**
   * A table's catalog: the format it serves ({@code iceberg}), its type ({@code rest}, {@code
   * jdbc}), its name in the project, where it answers and where it keeps tables.
   */
  public record Catalog(
      String framework,
      String type,
      String name,
      @Nullable String metadataUri,
      @Nullable String warehouseUri) {}

  public DataSet {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(name);
    schema = List.copyOf(schema);
    TreeMap<String, List<ColumnSource>> edges = new TreeMap<>();
    columnLineage.forEach((column, sources) -> edges.put(column, List.copyOf(sources)));
    columnLineage = Collections.unmodifiableSortedMap(edges);
    rowSources = List.copyOf(rowSources);
    own = List.copyOf(own);
    owners = Map.copyOf(owners);
    tags = Map.copyOf(tags);
    if (!(columnLineage.isEmpty() && rowSources.isEmpty()) && schema.isEmpty()) {
      throw new IllegalArgumentException(
          label + " has column lineage but no schema; Marquez would drop it. Fix: add the schema.");
    }
  }

  public static Builder file(DataSetName name, String label) {
    return new Builder(Kind.FILE, name, label).root(true);
  }

  public static Builder table(DataSetName location, String label) {
    return new Builder(Kind.TABLE, location, label);
  }

  public static Builder model(DataSetName name, String label) {
    return new Builder(Kind.MODEL, name, label);
  }

  public static Builder topic(DataSetName name, String label) {
    return new Builder(Kind.TOPIC, name, label).root(true);
  }

  /** Whether both are the same version of the same data set. */
  public boolean isSameVersion(DataSet other) {
    return name.equals(other.name) && Objects.equals(version, other.version);
  }

  /** The label with the version, as {@code flights@5822…41}; a topic's with its offsets. */
  public String shortName() {
    if (version == null || kind == Kind.FILE) {
      return label;
    }
    return label + "@" + (kind == Kind.TOPIC ? Texts.offsets(version) : Texts.shortened(version));
  }

  /** A data set in the making. */
  public static final class Builder {
    private final Kind kind;
    private final DataSetName name;
    private final String label;
    private final TreeMap<String, List<ColumnSource>> columnLineage = new TreeMap<>();
    private List<ColumnSource> rowSources = List.of();
    private @Nullable DataSetName symlink;
    private @Nullable String version;
    private @Nullable String base;
    private boolean root;
    private @Nullable Instant modified;
    private @Nullable String sha256;
    private List<Field> schema = List.of();
    private @Nullable Statistics statistics;
    private @Nullable Quality quality;
    private @Nullable Storage storage;
    private @Nullable Catalog catalog;
    private @Nullable ModelFacts model;
    private List<OwnFacet> own = List.of();
    private @Nullable String description;
    private Map<String, String> owners = Map.of();
    private Map<String, String> tags = Map.of();

    private Builder(Kind kind, DataSetName name, String label) {
      this.kind = kind;
      this.name = name;
      this.label = label;
    }

    public Builder symlink(DataSetName symlink) {
      this.symlink = symlink;
      return this;
    }

    public Builder version(@Nullable String version) {
      this.version = version;
      return this;
    }

    public Builder snapshot(long snapshotId) {
      return version(Long.toString(snapshotId));
    }

    public Builder base(@Nullable String base) {
      this.base = base;
      return this;
    }

    public Builder root(boolean root) {
      this.root = root;
      return this;
    }

    public Builder modified(@Nullable Instant modified) {
      this.modified = modified;
      return this;
    }

    /** The SHA-256; a file's is also its version unless another is given. */
    public Builder sha256(@Nullable String sha256) {
      this.sha256 = sha256;
      return this;
    }

    public Builder schema(List<Field> schema) {
      this.schema = schema;
      return this;
    }

    public Builder statistics(@Nullable Statistics statistics) {
      this.statistics = statistics;
      return this;
    }

    public Builder column(String output, List<ColumnSource> sources) {
      columnLineage.put(output, sources);
      return this;
    }

    /** All columns' sources, and those of the rows. */
    public Builder columns(Map<String, List<ColumnSource>> sources, List<ColumnSource> ofRows) {
      columnLineage.putAll(sources);
      rowSources = ofRows;
      return this;
    }

    public Builder quality(@Nullable Quality quality) {
      this.quality = quality;
      return this;
    }

    public Builder storage(@Nullable Storage storage) {
      this.storage = storage;
      return this;
    }

    public Builder catalog(@Nullable Catalog catalog) {
      this.catalog = catalog;
      return this;
    }

    public Builder model(@Nullable ModelFacts model) {
      this.model = model;
      return this;
    }

    public Builder own(List<OwnFacet> facets) {
      this.own = facets;
      return this;
    }

    public Builder description(@Nullable String description) {
      this.description = description;
      return this;
    }

    public Builder owners(Map<String, String> owners) {
      this.owners = owners;
      return this;
    }

    public Builder tags(Map<String, String> tags) {
      this.tags = tags;
      return this;
    }

    public DataSet build() {
      return new DataSet(
          kind,
          name,
          label,
          symlink,
          version == null && kind == Kind.FILE ? sha256 : version,
          base,
          root,
          modified,
          sha256,
          schema,
          statistics,
          columnLineage,
          rowSources,
          quality,
          storage,
          catalog,
          model,
          own,
          description,
          owners,
          tags);
    }
  }
}
