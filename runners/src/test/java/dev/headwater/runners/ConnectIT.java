package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What the command prints for other tools: those that are here open the tables with it. */
final class ConnectIT extends RidesProject {
  private static final String YAML =
      """
      project: shop
      catalogs:
        lake:
          uri: jdbc:postgresql://db.example.com/meta
          warehouse: s3://acme/warehouse
          jdbc.user: reader
          jdbc.password: {secret: env/PG_PASSWORD}
          s3.endpoint: https://s3.example.com
          s3.secret-access-key: {secret: env/S3_KEY}
        served:
          type: rest
          uri: https://catalog.example.com
          warehouse: main
          credential: {secret: env/CREDENTIAL}
      sources:
        files: data/*.parquet
      tables:
        rides: {from: files}
        towns: {sql: "select town, count(*) as n from rides group by town"}
      """;

  private String told(String tool, String... options) {
    String[] verb = new String[options.length + 2];
    verb[0] = "connect";
    verb[1] = tool;
    System.arraycopy(options, 0, verb, 2, options.length);
    runs(verb);
    assertThat(project.said()).doesNotContain("headwater.access");
    return project.said();
  }

  @Test
  void toolsOpenTheTables() throws Exception {
    rides("a", 0, 300);
    project.yaml(YAML);
    runs("run");

    String views = told("duckdb");
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute(views);
      try (ResultSet rows =
          statement.executeQuery("select (select count(*) from rides), sum(n) from towns")) {
        rows.next();
        assertThat(rows.getLong(1)).isEqualTo(300);
        assertThat(rows.getLong(2)).isEqualTo(300);
      }
    }

    assertThat(told("spark"))
        .contains("'spark.sql.catalog.default.uri=jdbc:sqlite:")
        .contains("`default`.shop.rides");
    refused("connect", "trino");
    assertThat(project.said()).contains("'default' is SQLite");
    refused("connect", "excel");
    assertThat(project.said()).contains("pyiceberg, duckdb, spark, trino");
    refused("connect", "spark", "--catalog", "lak");
    assertThat(project.said()).contains("There is no catalog 'lak'");

    assertThat(told("trino", "--catalog=lake"))
        .contains("iceberg.jdbc-catalog.connection-password=${ENV:PG_PASSWORD}")
        .contains("s3.aws-secret-key=${ENV:S3_KEY}");
    assertThat(told("pyiceberg", "--catalog=lake"))
        .contains("postgresql+psycopg2://reader:\" + quote_plus(os.environ[\"PG_PASSWORD\"])")
        .contains("\"s3.secret-access-key\": os.environ[\"S3_KEY\"]");
    assertThat(told("spark", "--catalog=served"))
        .contains("\"spark.sql.catalog.served.credential=$CREDENTIAL\"");
    assertThat(told("duckdb", "--catalog=served"))
        .contains("attach 'main' as \"served\" (TYPE iceberg");
  }

  @Test
  void pyIcebergReadsThem() throws Exception {
    String python = Optional.ofNullable(System.getenv("HEADWATER_PYTHON")).orElse("python3");
    Assumptions.assumeTrue(
        said(python, "-c", "import pyiceberg.catalog.sql, pyarrow; print('yes')").contains("yes"),
        python + " has no PyIceberg");
    rides("a", 0, 300);
    project.yaml(YAML);
    runs("run", "rides");
    Path script = folder.resolve("tables.py");
    Files.writeString(script, told("pyiceberg") + "print(rows.num_rows, 'rows')\n");
    assertThat(said(python, script.toString())).contains("300 rows");
  }

  private static String said(String... command) throws IOException, InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return said;
    } catch (IOException e) {
      // No such command.
      return "";
    }
  }
}
