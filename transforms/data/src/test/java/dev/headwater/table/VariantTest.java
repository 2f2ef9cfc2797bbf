package dev.headwater.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.variants.ShreddedObject;
import org.apache.iceberg.variants.Variant;
import org.apache.iceberg.variants.VariantMetadata;
import org.apache.iceberg.variants.Variants;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns of version 3's variant and unknown types, of ours and of Iceberg's own writers. */
final class VariantTest {
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "event", Types.VariantType.get()),
          Types.NestedField.optional(
              3,
              "nested",
              Types.StructType.of(
                  Types.NestedField.optional(4, "payload", Types.VariantType.get()))),
          Types.NestedField.optional(5, "nothing", Types.UnknownType.get()));

  @TempDir private Path folder = Path.of("unset");

  @Test
  void icebergReadsWhatWasWritten() throws IOException {
    try (TableCatalog catalog = TableCatalog.open(CatalogConfig.embedded(folder))) {
      Table table = create(catalog);
      try (BatchWriter writer = BatchWriter.open(table, "test", "r1").sketching()) {
        writer.accept(batch());
        AppendFiles append = table.newAppend();
        writer.finish().forEach(append::appendFile);
        append.commit();
      }
      List<String> seen = new ArrayList<>();
      try (CloseableIterable<Record> rows = IcebergGenerics.read(table).build()) {
        rows.forEach(
            row ->
                seen.add(
                    row.getField("id")
                        + " "
                        + text((Variant) row.getField("event"))
                        + " "
                        + text((Variant) ((Record) row.getField("nested")).getField("payload"))
                        + " "
                        + row.getField("nothing")));
      }
      assertThat(seen).containsExactly("1 late 15 null null", "2 null early 3 null");
    }
  }

  @Test
  void readsWhatIcebergWrote() throws IOException {
    try (TableCatalog catalog = TableCatalog.open(CatalogConfig.embedded(folder))) {
      ForeignTable foreign = new ForeignTable(create(catalog));
      foreign.append(rows(), null);
      assertThat(ForeignTable.byUs(foreign.table(), foreign.table().schema()))
          .isEqualTo(ForeignTable.rows(batch()))
          .hasSize(2);
    }
  }

  private static Table create(TableCatalog catalog) {
    TableRef ref = TableRef.of("test", "events");
    catalog.create(
        ref,
        SCHEMA,
        PartitionSpec.unpartitioned(),
        SortOrder.unsorted(),
        Map.of("format-version", "3"));
    return catalog.load(ref);
  }

  private static RowBatch batch() {
    RowBatchBuilder builder = new RowBatchBuilder(SCHEMA);
    rows().forEach(builder::append);
    return builder.build();
  }

  private static List<@Nullable Object[]> rows() {
    return List.of(
        new Object[] {1L, variant("late", 15), new Object[] {null}, null},
        new Object[] {2L, null, new Object[] {variant("early", 3)}, null});
  }

  /** An object of one field, as a batch has it. */
  private static ByteBuffer variant(String field, int value) {
    VariantMetadata metadata = Variants.metadata(field);
    ShreddedObject object = Variants.object(metadata);
    object.put(field, Variants.of(value));
    ByteBuffer out =
        ByteBuffer.allocate(metadata.sizeInBytes() + object.sizeInBytes())
            .order(ByteOrder.LITTLE_ENDIAN);
    metadata.writeTo(out, 0);
    object.writeTo(out, metadata.sizeInBytes());
    return ByteBuffer.wrap(Arrays.copyOf(out.array(), out.capacity()));
  }

  private static @Nullable String text(@Nullable Variant variant) {
    if (variant == null) {
      return null;
    }
    String field = variant.metadata().get(0);
    return field + " " + variant.value().asObject().get(field).asPrimitive().get();
  }
}
