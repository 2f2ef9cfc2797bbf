package dev.headwater.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.columns.RowBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.mapping.MappingUtil;
import org.apache.iceberg.mapping.NameMappingParser;
import org.apache.iceberg.types.Types;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files that were written under an older schema or spec, or before the table was Iceberg's. */
final class SchemaHistoryTest {
  @TempDir private Path folder = Path.of("unset");

  /** A file without field ids, as Hive and Spark leave them. */
  private DataFile withoutIds(Table table, String name, int rows, String partition)
      throws IOException {
    Path path = folder.resolve(name);
    var schema =
        SchemaBuilder.record("row").fields().requiredLong("id").optionalString("name").endRecord();
    try (ParquetWriter<GenericRecord> writer =
        AvroParquetWriter.<GenericRecord>builder(new LocalOutputFile(path))
            .withSchema(schema)
            .withConf(new PlainParquetConfiguration())
            .build()) {
      for (int i = 0; i < rows; i++) {
        GenericRecord row = new GenericData.Record(schema);
        row.put("id", (long) i);
        row.put("name", "n" + i);
        writer.write(row);
      }
    }
    return DataFiles.builder(table.spec())
        .withPath(path.toString())
        .withFileSizeInBytes(path.toFile().length())
        .withRecordCount(rows)
        .withPartitionPath(partition)
        .withFormat("parquet")
        .build();
  }

  private static List<String> read(Table table, @Nullable Expression filter) throws IOException {
    List<String> out = new ArrayList<>();
    for (SplitGroup group : Splits.of(table, TablesOnDisk.snapshot(table), filter, 1 << 26, 1)) {
      try (CloseableIterator<RowBatch> batches = group.open(table, table.schema(), filter)) {
        batches.forEachRemaining(batch -> out.addAll(ForeignTable.rows(batch)));
      }
    }
    out.sort(null);
    return out;
  }

  @Test
  void foreignFilesAreReadByTheNameMappingAndTheirPartition() throws IOException {
    try (TablesOnDisk tables = new TablesOnDisk(folder.resolve("catalog"))) {
      Schema schema =
          new Schema(
              Types.NestedField.required(1, "id", Types.LongType.get()),
              Types.NestedField.optional(2, "name", Types.StringType.get()),
              Types.NestedField.optional(3, "region", Types.StringType.get()),
              Types.NestedField.optional(4, "day", Types.IntegerType.get()));
      PartitionSpec spec =
          PartitionSpec.builderFor(schema).identity("region").identity("day").build();
      String mapping = NameMappingParser.toJson(MappingUtil.create(schema));
      Table table =
          tables.create("t", schema, spec, Map.of(TableProperties.DEFAULT_NAME_MAPPING, mapping));
      table
          .newAppend()
          .appendFile(withoutIds(table, "a.parquet", 2, "region=eu/day=7"))
          .appendFile(withoutIds(table, "b.parquet", 1, "region=us/day=8"))
          .commit();
      table
          .updateSchema()
          .renameColumn("name", "label")
          .renameColumn("region", "where")
          .updateColumn("day", Types.LongType.get())
          .commit();

      assertThat(read(table, null))
          .containsExactly("[0, n0, eu, 7]", "[0, n0, us, 8]", "[1, n1, eu, 7]");
      assertThat(read(table, Expressions.equal("where", "eu"))).hasSize(2);
      assertThat(
              read(
                  table,
                  Expressions.or(
                      Expressions.greaterThan("day", 7L), Expressions.equal("label", "none"))))
          .contains("[0, n0, us, 8]");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PARQUET", "AVRO", "ORC"})
  void oneTableOfSeveralSpecsAndSchemasIsReadWhole(FileFormat format) throws IOException {
    try (TablesOnDisk tables = new TablesOnDisk(folder)) {
      Schema schema =
          new Schema(
              Types.NestedField.required(1, "id", Types.IntegerType.get()),
              Types.NestedField.optional(2, "price", Types.DecimalType.of(6, 2)),
              Types.NestedField.optional(3, "rate", Types.FloatType.get()));
      ForeignTable foreign = new ForeignTable(tables.create("t", schema));
      Table table = foreign.table();
      foreign.append(
          List.<Object[]>of(new Object[] {1, new java.math.BigDecimal("1.50"), 0.5f}),
          null,
          format);
      table
          .updateSchema()
          .updateColumn("id", Types.LongType.get())
          .updateColumn("price", Types.DecimalType.of(20, 2))
          .updateColumn("rate", Types.DoubleType.get())
          .addColumn("note", Types.StringType.get())
          .moveFirst("note")
          .commit();
      table.updateSpec().addField(Expressions.bucket("id", 2)).commit();
      var bucket = new org.apache.iceberg.PartitionData(table.spec().partitionType());
      bucket.set(0, 1);
      foreign.append(
          List.<Object[]>of(
              new Object[] {"later", 5_000_000_000L, new java.math.BigDecimal("9999999.25"), 1.5}),
          bucket,
          format);

      assertThat(ForeignTable.byUs(table, table.schema()))
          .isEqualTo(ForeignTable.byIceberg(table, table.schema()))
          .hasSize(2);
      if (format == FileFormat.AVRO) {
        // It has no bounds: the rows come unfiltered.
        return;
      }
      assertThat(read(table, Expressions.equal("id", 1L)))
          .anyMatch(row -> row.startsWith("[null, 1,"));
      assertThat(read(table, Expressions.isNull("note"))).hasSize(1);
      assertThat(read(table, Expressions.greaterThan("price", new java.math.BigDecimal("100.00"))))
          .hasSize(1);
    }
  }

  @Test
  void aColumnThatTheFileLacksHasItsDefault() throws IOException {
    try (TablesOnDisk tables = new TablesOnDisk(folder)) {
      Schema schema = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
      Table table =
          tables.create("t", schema, PartitionSpec.unpartitioned(), Map.of("format-version", "3"));
      ForeignTable foreign = new ForeignTable(table);
      foreign.append(List.<Object[]>of(new Object[] {1L}), null);
      table
          .updateSchema()
          .addColumn(
              "kind", Types.StringType.get(), org.apache.iceberg.expressions.Literal.of("plain"))
          .commit();

      assertThat(read(table, null)).containsExactly("[1, plain]");
      assertThat(read(table, Expressions.equal("kind", "plain"))).hasSize(1);
    }
  }
}
