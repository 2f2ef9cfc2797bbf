package dev.headwater.pipelines.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.files.SourceColumn;
import dev.headwater.pipelines.project.KafkaDecl.Format;
import dev.headwater.pipelines.project.KafkaDecl.Meta;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class KafkaTest {
  static final String YAML =
      """
      project: p
      sources:
        clicks_topic:
          kafka:
            servers: "b1:9092, b2:9092"
            topic: app.clicks
            columns:
              id: long
              at: {type: timestamp, format: epoch_ms}
            others: ignore
            key: click_key
            headers: headers
            from: 2001-06-01
            lateness: 5m
            properties:
              security.protocol: SASL_SSL
              sasl.jaas.config: {secret: env/KAFKA_JAAS}
        orders_topic:
          kafka:
            servers: b1:9092
            topic: shop.orders
            format: debezium
            registry: https://registry:8081
      tables:
        clicks: {from: clicks_topic, time: at, commit: 30s}
        orders: {from: orders_topic, write: upsert, key: id}
      """;

  @Test
  void readsTopics() {
    Project project = ProjectFileTest.parse(YAML);
    TableDecl clicks = Targets.of(project.tables(), "clicks");
    KafkaDecl topic = project.topic(clicks).orElseThrow();
    assertThat(topic.server()).isEqualTo("b1:9092");
    assertThat(topic.topic()).isEqualTo("app.clicks");
    assertThat(topic.format()).isEqualTo(Format.JSON);
    assertThat(topic.columns())
        .containsExactly(
            new SourceColumn("id", "long", null), new SourceColumn("at", "timestamp", "epoch_ms"));
    assertThat(topic.meta()).isEqualTo(Map.of("click_key", Meta.KEY, "headers", Meta.HEADERS));
    assertThat(topic.properties())
        .isEqualTo(
            Map.of("security.protocol", "SASL_SSL", "sasl.jaas.config.secret", "env/KAFKA_JAAS"));
    assertThat(clicks.commit()).isEqualTo(new Window("30s"));
    // What comes from a topic never goes with it.
    assertThat(clicks.write().mode()).isEqualTo(Write.Mode.APPEND);
  }

  @Test
  void readsTheExamplesStream() {
    Project project = ProjectFile.read(Path.of("../examples/flights/live"));
    TableDecl flights = Targets.of(project.tables(), "flights");
    assertThat(project.topic(flights).orElseThrow().server()).isEqualTo("localhost:9092");
    assertThat(flights.commit()).isEqualTo(new Window("10s"));
  }

  @Test
  void isExplainedAsItCanBeWritten() {
    Project project = ProjectFileTest.parse(YAML);
    String explained = Explain.of(project);
    assertThat(explained).contains("sasl.jaas.config: {secret: env/KAFKA_JAAS}");
    assertThat(ProjectFileTest.parse(explained)).isEqualTo(project);
  }

  @Test
  void isTheSameInJava() {
    ProjectBuilder p = Project.named("p");
    p.table(
            "clicks",
            Kafka.topic("b1:9092, b2:9092", "app.clicks")
                .column("id", "long")
                .column("at", "timestamp")
                .ignoreOthers()
                .with(Meta.KEY, "click_key")
                .with(Meta.HEADERS, "headers")
                .from("2001-06-01")
                .lateness("5m")
                .property("security.protocol", "SASL_SSL")
                .secret("sasl.jaas.config", "env/KAFKA_JAAS"))
        .time("at")
        .commit("30s");
    p.table(
            "orders",
            Kafka.topic("b1:9092", "shop.orders")
                .format(Format.DEBEZIUM)
                .registry("https://registry:8081"))
        .write(Write.upsert("id"));
    assertThat(p.build())
        .isEqualTo(
            ProjectFileTest.parse(
                YAML.replace("{type: timestamp, format: epoch_ms}", "timestamp")));
    p.table("bad", Kafka.topic("nowhere", "a b").from("soon").property("password", "x"));
    assertThatThrownBy(p::build)
        .hasMessageContainingAll(
            "project p has 4 problems",
            "sources.bad_topic.kafka.servers: 'nowhere' is not host:port",
            "sources.bad_topic.kafka.topic: 'a b' is no topic's name",
            "sources.bad_topic.kafka.from: 'soon' is neither beginning, end nor a time",
            "sources.bad_topic.kafka.properties: password is a secret");
  }

  @Test
  void saysAllMistakesAtOnce() {
    ProjectFileTest.problems(
            """
            project: p
            sources:
              a:
                kafka:
                  server: localhost:9092
                  topic: t
                  format: avro
                  columns: {id: long}
              b:
                kafka:
                  servers: localhost
                  topic: t
                  schema: a.avsc
                  key: k
                  offset: k
                  lateness: soon
                  properties:
                    group.id: mine
                    ssl.keystore.password: x
            tables:
              t: {from: a, write: replace, java: com.acme.Enrich}
              u: {from: b, write: overwrite, partition: id}
              f: {from: files, commit: 10s}
              g: {from: files, commit: 20s}
            """)
        .hasMessageContainingAll(
            "line 5  sources.a.kafka.server: unknown key 'server'. Did you mean 'servers'?",
            "sources.a.kafka.servers: is missing. Write servers: localhost:9092",
            "line 7  sources.a.kafka.format: avro needs the records' schema.",
            "line 8  sources.a.kafka.columns: are what the Avro schema says.",
            "line 11  sources.b.kafka.servers: 'localhost' is not host:port.",
            "line 13  sources.b.kafka.schema: is of Avro.",
            "line 15  sources.b.kafka.offset: 'k' is there twice",
            "line 16  sources.b.kafka.lateness: 'soon' is not a window.",
            "line 17  sources.b.kafka.properties: group.id is set by Headwater",
            "line 17  sources.b.kafka.properties: ssl.keystore.password is a secret.",
            "tables.t.write: replace needs all rows at once, and a topic has no end.",
            "tables.t.java: is not supported together with kafka yet.",
            "tables.u.write: overwrite replaces windows of the rows' time, and there are none.",
            "tables.g.commit: is for tables of a Kafka topic only.")
        .hasMessageNotContaining("tables.f.commit");
  }

  @Test
  void valuesMayBeRawKeysTextsAndChangesHavePositions() {
    String yaml =
        """
        project: p
        sources:
          a:
            kafka:
              servers: b1:9092
              topic: t
              format: raw
              columns: {body: string}
              key: {column: who, type: string}
          b: {kafka: {servers: "b1:9092", topic: u, format: debezium, columns: {id: long}, position: at}}
        tables:
          t: {from: a}
          u: {from: b, write: upsert, key: id, order: at}
        """;
    Project project = ProjectFileTest.parse(yaml);
    assertThat(project.topic(Targets.of(project.tables(), "t")).orElseThrow().meta())
        .isEqualTo(Map.of("who", Meta.KEY_TEXT));
    assertThat(project.topic(Targets.of(project.tables(), "u")).orElseThrow().meta())
        .isEqualTo(Map.of("at", Meta.POSITION));
    assertThat(ProjectFileTest.parse(Explain.of(project))).isEqualTo(project);
    ProjectFileTest.problems(
            yaml.replace("body: string", "body: long")
                .replace("format: debezium", "format: json")
                .replace("type: string}", "type: text}"))
        .hasMessageContainingAll(
            "sources.a.kafka.columns: are one of raw values.",
            "sources.a.kafka.key.type: 'text' is none of binary, string",
            "sources.b.kafka.position: is of Debezium's changes.");
  }

  @Test
  void saysWhatDoesNotGoWithRoutesAndRemovals() {
    ProjectFileTest.problems(
            """
            project: p
            sources:
              s: {kafka: {servers: "b1:9092", topic: t, columns: {id: long, kind: string}}}
              d: {kafka: {servers: "b1:9092", topic: t, columns: {id: long}, format: debezium}}
            tables:
              a: {from: s, route: kind, delete: kind = 'd'}
              a_b: {from: s, write: upsert, key: id, route: {by: kind}}
              c: {from: d, write: upsert, key: id, delete: id > 1, schema: {else: letters}}
              f: {from: files, route: kind, delete: id > 1, remember: 2d}
              o: {from: s, time: at, partition: day(at), write: {overwrite: id > 1}}
            """)
        .hasMessageContainingAll(
            "line 6  tables.a.route: 'a_b' is named like one of its tables.",
            "line 6  tables.a.delete: removes rows by key, and there is none.",
            "line 7  tables.a_b.route: sends rows to tables that only get more.",
            "line 8  tables.c.delete: is what Debezium's changes say themselves.",
            "line 8  tables.c.schema.else: letters would keep back removals",
            "line 9  tables.f.route: is for tables of a Kafka topic only.",
            "line 9  tables.f.delete: removes rows by key, and there is none.",
            "line 9  tables.f.remember: is for overwrites from a Kafka topic only.",
            "line 10  tables.o.write: overwrite with a condition would replace what the topic");
    String yaml =
        """
        project: p
        sources:
          s: {kafka: {servers: "b1:9092", topic: t, columns: {id: long, at: timestamp}}}
        tables:
          o: {from: s, time: at, partition: "day(at)", write: overwrite, remember: 7d}
        """;
    Project project = ProjectFileTest.parse(yaml);
    assertThat(ProjectFileTest.parse(Explain.of(project))).isEqualTo(project);
    assertThat(Targets.of(project.tables(), "o").write()).isEqualTo(Write.OVERWRITE.remember("7d"));
  }

  @Test
  void howBrokersAreReachedIsNoChangeOfTheRows() {
    Target clicks = new Target(Target.Kind.TABLE, "clicks");
    String before = Declarations.json(ProjectFileTest.parse(YAML), clicks);
    for (List<String> change :
        List.of(
            List.of("b1:9092, b2:9092", "b3:9092"),
            List.of("SASL_SSL", "SASL_PLAINTEXT"),
            List.of("commit: 30s", "commit: 1m"))) {
      assertThat(
              Declarations.json(
                  ProjectFileTest.parse(YAML.replace(change.get(0), change.get(1))), clicks))
          .isEqualTo(before);
    }
    assertThat(
            Declarations.json(ProjectFileTest.parse(YAML.replace("id: long", "id: int")), clicks))
        .isNotEqualTo(before);
  }
}
