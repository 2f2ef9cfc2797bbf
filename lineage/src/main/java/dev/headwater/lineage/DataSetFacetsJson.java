package dev.headwater.lineage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A data set with its facets as they stand in an event. */
final class DataSetFacetsJson {
  private static final int MOST_EDGES = 5_000;

  private DataSetFacetsJson() {}

  /** What holds for inputs and outputs alike. */
  static void write(DataSet set, URI producer, ObjectNode out) {
    out.put("namespace", set.name().namespace()).put("name", set.name().name());
    ObjectNode facets = out.putObject("facets");
    Facet.DATA_SOURCE
        .in(facets, producer)
        .put("name", set.name().namespace())
        .put("uri", sourceUri(set.name().namespace()));
    Facet.DATASET_TYPE.in(facets, producer).put("datasetType", set.kind().name());
    if (set.version() != null) {
      Facet.VERSION.in(facets, producer).put("datasetVersion", set.version());
    }
    if (!set.schema().isEmpty()) {
      fields(set.schema(), Facet.SCHEMA.in(facets, producer).putArray("fields"), true);
    }
    if (set.symlink() != null) {
      Facet.SYMLINKS
          .in(facets, producer)
          .putArray("identifiers")
          .addObject()
          .put("namespace", set.symlink().namespace())
          .put("name", set.symlink().name())
          .put("type", "TABLE");
    }
    kept(set, producer, facets);
    columnLineage(set, producer, facets);
    if (set.description() != null) {
      Facet.DOCUMENTATION.in(facets, producer).put("description", set.description());
    }
    JobFacetsJson.owners(set.owners(), Facet.OWNERSHIP, producer, facets);
    JobFacetsJson.tags(set.tags(), Facet.TAGS, producer, facets);
    OwnFacetsJson.write(set, producer, facets);
  }

  /** What a run found in an input. */
  static void writeInput(DataSet set, URI producer, ObjectNode facets) {
    if (set.statistics() != null) {
      statistics(set.statistics(), Facet.INPUT_STATISTICS.in(facets, producer));
    }
    Quality quality = set.quality();
    if (quality != null) {
      if (quality.rows() != null || !quality.columns().isEmpty()) {
        metrics(set, quality, Facet.DATA_QUALITY_METRICS_INPUT.in(facets, producer));
      }
      if (!quality.assertions().isEmpty()) {
        Assertions.write(
            quality.assertions(),
            Facet.DATA_QUALITY_ASSERTIONS.in(facets, producer).putArray("assertions"));
      }
    }
  }

  /** What a run wrote to an output. */
  static void writeOutput(DataSet set, URI producer, ObjectNode facets) {
    if (set.statistics() != null) {
      statistics(set.statistics(), Facet.OUTPUT_STATISTICS.in(facets, producer));
    }
    OwnFacetsJson.writeOutput(set, producer, facets);
  }

  /** A namespace as a URI; that of local files is the root of their file system. */
  private static String sourceUri(String namespace) {
    return namespace.equals("file") ? "file:///" : namespace;
  }

  private static void fields(List<DataSet.Field> fields, ArrayNode out, boolean positions) {
    int position = 1;
    for (DataSet.Field field : fields) {
      ObjectNode node = out.addObject().put("name", field.name()).put("type", field.type());
      if (positions) {
        node.put("ordinal_position", position++);
      }
      if (field.description() != null) {
        node.put("description", field.description());
      }
      if (!field.fields().isEmpty()) {
        fields(field.fields(), node.putArray("fields"), false);
      }
    }
  }

  private static void kept(DataSet set, URI producer, ObjectNode facets) {
    DataSet.Storage storage = set.storage();
    if (storage != null) {
      ObjectNode node = Facet.STORAGE.in(facets, producer).put("storageLayer", storage.layer());
      if (storage.format() != null) {
        node.put("fileFormat", storage.format());
      }
    }
    DataSet.Catalog catalog = set.catalog();
    if (catalog != null) {
      ObjectNode node = Facet.CATALOG.in(facets, producer);
      node.put("framework", catalog.framework()).put("type", catalog.type());
      node.put("name", catalog.name()).put("source", "headwater");
      if (catalog.metadataUri() != null) {
        node.put("metadataUri", Redaction.uri(catalog.metadataUri()));
      }
      if (catalog.warehouseUri() != null) {
        node.put("warehouseUri", Redaction.uri(catalog.warehouseUri()));
      }
    }
    if (set.quality() != null && !set.quality().columns().isEmpty()) {
      metrics(set, set.quality(), Facet.DATA_QUALITY_METRICS.in(facets, producer));
    }
  }

  private static void columnLineage(DataSet set, URI producer, ObjectNode facets) {
    long edges =
        set.columnLineage().values().stream().mapToLong(List::size).sum() + set.rowSources().size();
    // What a thousand files have in thirty columns is no event that a server would take.
    if (edges == 0 || edges > MOST_EDGES) {
      return;
    }
    ObjectNode facet = Facet.COLUMN_LINEAGE.in(facets, producer);
    ObjectNode columns = facet.putObject("fields");
    set.columnLineage()
        .forEach(
            (column, sources) -> {
              ArrayNode inputs = columns.putObject(column).putArray("inputFields");
              sources.forEach(source -> source(source, inputs));
            });
    if (!set.rowSources().isEmpty()) {
      ArrayNode rows = facet.putArray("dataset");
      set.rowSources().forEach(source -> source(source, rows));
    }
  }

  private static void source(ColumnSource source, ArrayNode inputs) {
    ObjectNode input = inputs.addObject();
    input.put("namespace", source.dataSet().namespace());
    input.put("name", source.dataSet().name()).put("field", source.column());
    ObjectNode how = input.putArray("transformations").addObject();
    how.put("type", source.type().name()).put("subtype", source.subtype());
    how.put("masking", source.masking());
    if (source.description() != null) {
      how.put("description", Redaction.text(source.description()));
    }
  }

  private static void statistics(DataSet.Statistics statistics, ObjectNode node) {
    put(node, "rowCount", statistics.rows());
    put(node, "size", statistics.bytes());
    put(node, "fileCount", statistics.files());
  }

  private static void metrics(DataSet set, Quality quality, ObjectNode node) {
    put(node, "rowCount", quality.rows());
    if (set.statistics() != null) {
      put(node, "bytes", set.statistics().bytes());
      put(node, "fileCount", set.statistics().files());
    }
    ObjectNode columns = node.putObject("columnMetrics");
    new TreeMap<>(quality.columns())
        .forEach(
            (name, figures) -> {
              ObjectNode column = columns.putObject(name);
              put(column, "nullCount", figures.nulls());
              put(column, "distinctCount", figures.distinct());
              if (figures.count() != null) {
                column.put("count", figures.count());
              }
              number(column, "sum", figures.sum());
              number(column, "min", figures.min());
              number(column, "max", figures.max());
              if (!figures.quantiles().isEmpty()) {
                ObjectNode quantiles = column.putObject("quantiles");
                new TreeMap<>(figures.quantiles())
                    .forEach((q, value) -> number(quantiles, Double.toString(q), value));
              }
            });
  }

  private static void put(ObjectNode node, String key, @Nullable Long value) {
    if (value != null) {
      node.put(key, value);
    }
  }

  /** JSON has no NaN and no infinities: such a figure is left out. */
  static void number(ObjectNode node, String key, @Nullable Double value) {
    if (value != null && Double.isFinite(value)) {
      node.put(key, value);
    }
  }
}
