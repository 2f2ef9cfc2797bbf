package dev.headwater.pipelines.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

/** How a table's files are written, as the project file says it. */
final class SettingsTest {
  private static final String TABLE =
      """
      project: p
      sources:
        f: data/*.parquet
      tables:
        t:
          from: f
          sort: [day(at) desc, town nulls last]
          properties:
            write.target-file-size-bytes: 134217728
            write.metadata.metrics.column.note: none
            owner: us
      """;

  @Test
  void isReadAndExplainedAndMakesNothingStale() {
    Project project = ProjectFileTest.parse(TABLE);
    Keep keep = project.keep("t");
    assertThat(keep.properties())
        .isEqualTo(
            Map.of(
                "write.target-file-size-bytes", "134217728",
                "write.metadata.metrics.column.note", "none",
                "owner", "us"));
    assertThat(keep.sort()).hasToString("[day(at) desc, town nulls last]");
    assertThat(project.keep("t__letters")).isEqualTo(Keep.DEFAULT);
    assertThat(ProjectFileTest.parse(Explain.of(project))).isEqualTo(project);

    Target target = project.target("t");
    Project plain = ProjectFileTest.parse(TABLE.substring(0, TABLE.indexOf("    sort")));
    assertThat(Declarations.json(project, target)).isEqualTo(Declarations.json(plain, target));
    assertThat(
            Project.named("p")
                .sort("t", "day(at) desc", "town nulls last")
                .properties("t", keep.properties())
                .table("t", Files.parquet("data/*.parquet"))
                .name())
        .isEqualTo("t");
  }

  @Test
  void anOrderIsIcebergs() {
    Schema schema =
        new Schema(
            Types.NestedField.optional(1, "at", Types.TimestampType.withoutZone()),
            Types.NestedField.optional(2, "town", Types.StringType.get()));
    for (String text : List.of("days(at) desc nulls last", "truncate(2, town) nulls first", "at")) {
      Sort field = Sort.parse(text);
      assertThat(Sort.parse(field.toString())).isEqualTo(field);
      assertThat(Sort.order(schema, List.of(field)).isSorted()).isTrue();
    }
    assertThat(Sort.order(schema, List.of(Sort.parse("town DESC"))).toString())
        .contains("identity(2) DESC NULLS LAST");
  }

  @Test
  void tellsAllMistakesAtOnce() {
    ProjectFileTest.problems(
            """
            project: p
            sources:
              f: data/*.parquet
            tables:
              t:
                from: f
                sort: [weak(at), town, town desc]
                properties:
                  write.target-file-size: 1
                  write.target-file-size-bytes: 1g
                  write.distribution-mode: hashed
                  write.metadata.metrics.column.a: truncat(3)
                  write.parquet.bloom-filter-enabled.column.a: yes
                  write.format.default: orc
                  headwater.sketch.default: none
                  current-schema: 1
                  write.of.another.engine: 1
            """)
        .hasMessage(
            """
            headwater.yaml has 10 problems:
              line 7  tables.t.sort: no transform 'weak'. There are identity, year, month, day, hour, \
            bucket, truncate.
              line 7  tables.t.sort: 'town' is there twice
              line 9  tables.t.properties.write.target-file-size: is not known. \
            Did you mean 'write.target-file-size-bytes'?
              line 10  tables.t.properties.write.target-file-size-bytes: '1g' is not a whole number \
            from 0 to 9223372036854775807
              line 11  tables.t.properties.write.distribution-mode: 'hashed' is none of none, hash, \
            range. Did you mean 'hash'?
              line 12  tables.t.properties.write.metadata.metrics.column.a: 'truncat(3)' is none of \
            none, counts, truncate(16), full. Did you mean 'truncate(16)'?
              line 13  tables.t.properties.write.parquet.bloom-filter-enabled.column.a: 'yes' is \
            none of true, false.
              line 14  tables.t.properties.write.format.default: 'orc' is none of parquet.
              line 15  tables.t.properties.headwater.sketch.default: is no property of Headwater's. \
            Did you mean 'headwater.sketches.default'?
              line 16  tables.t.properties.current-schema: is Iceberg's own and can't be set. \
            Leave it out.""");
  }
}
