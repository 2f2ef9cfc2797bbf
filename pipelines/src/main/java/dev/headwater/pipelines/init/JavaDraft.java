package dev.headwater.pipelines.init;

import dev.headwater.files.SourceFormat;
import dev.headwater.pipelines.Versions;
import dev.headwater.pipelines.project.Input;
import dev.headwater.pipelines.project.ModelDecl;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Proposal;
import dev.headwater.pipelines.project.Training;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javax.lang.model.SourceVersion;

/** The same project in Java: a class that declares it, its test, and a pom.xml that builds both. */
final class JavaDraft {
  private static final String POM =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <project xmlns="http://maven.apache.org/POM/4.0.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://maven.apache.org/POM/4.0.0 http://maven.apache.org/xsd/maven-4.0.0.xsd">
        <modelVersion>4.0.0</modelVersion>
        <groupId>com.example</groupId>
        <artifactId>%1$s</artifactId>
        <version>0.1.0-SNAPSHOT</version>

        <properties>
          <maven.compiler.release>17</maven.compiler.release>
          <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
          <headwater.version>%2$s</headwater.version>
        </properties>

        <!-- The versions that Headwater was built and tested with. -->
        <dependencyManagement>
          <dependencies>
            <dependency>
              <groupId>dev.headwater</groupId>
              <artifactId>headwater-bom</artifactId>
              <version>${headwater.version}</version>
              <type>pom</type>
              <scope>import</scope>
            </dependency>
          </dependencies>
        </dependencyManagement>

        <dependencies>
          <dependency><groupId>dev.headwater</groupId><artifactId>headwater-runners</artifactId></dependency>
          <dependency><groupId>dev.headwater</groupId><artifactId>headwater-junit</artifactId><scope>test</scope></dependency>
          <dependency>
            <groupId>org.junit.jupiter</groupId>
            <artifactId>junit-jupiter</artifactId>
            <version>5.13.4</version>
            <scope>test</scope>
          </dependency>
        </dependencies>

        <build>
          <plugins>
            <plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.1</version></plugin>
            <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.1</version></plugin>
            <plugin><artifactId>maven-surefire-plugin</artifactId><version>3.5.4</version></plugin>
            <plugin><artifactId>maven-jar-plugin</artifactId><version>3.4.2</version></plugin>
          </plugins>
        </build>
      </project>
      """;

  private static final String TEST =
      """
      package %1$s;

      import static org.junit.jupiter.api.Assertions.assertEquals;

      import dev.headwater.junit.HeadwaterTests;
      import dev.headwater.pipelines.project.ProjectFile;
      import java.nio.file.Path;
      import java.util.stream.Stream;
      import org.junit.jupiter.api.DynamicTest;
      import org.junit.jupiter.api.Test;
      import org.junit.jupiter.api.TestFactory;
      import org.junit.jupiter.api.extension.RegisterExtension;

      final class %2$sTest {
        @RegisterExtension
        static final HeadwaterTests HEADWATER =
            HeadwaterTests.of(%2$s.declare(Path.of("")).build());

        /** tests/*.yaml. */
        @TestFactory
        Stream<DynamicTest> files() {
          return HEADWATER.files();
        }

        @Test
        void theSameProjectComesFromYamlAndFromJava() {
          assertEquals(ProjectFile.read(Path.of("")), %2$s.declare(Path.of("")).build());
        }

        @Test
        void itsModelIsExplained() {
          assertEquals(0, %2$s.declare(Path.of("")).run("explain", "model/%3$s"));
        }
      }
      """;

  private static final String MAIN =
      """
      package %1$s;

      import static dev.headwater.pipelines.project.Splits.by;

      %2$s

      /** The project of headwater.yaml, declared in Java. */
      public final class %3$s {
        private %3$s() {}

        /** Does what the arguments say: {@code run}, {@code plan}, {@code trace %4$s}. */
        public static void main(String[] args) {
          System.exit(declare(Path.of("")).run(args));
        }

        static ProjectBuilder declare(Path folder) {
          var p = Project.named(%5$s).in(folder);
      %6$s
          return p;
        }
      }
      """;

  private final Project project;
  private final ModelDecl model;
  private final Map<String, String> imports = new LinkedHashMap<>();

  private JavaDraft(Project project) {
    this.project = project;
    this.model = project.models().values().iterator().next();
  }

  /** The files and their texts. */
  static Map<String, String> of(Project project, Origins origin) {
    return new JavaDraft(project).files(origin);
  }

  private Map<String, String> files(Origins origin) {
    String name = project.name();
    String type = type(name);
    String in = SourceVersion.isName(name) ? name : name + "_";
    String at = "java/" + in + "/" + type;
    Map<String, String> files = new LinkedHashMap<>();
    files.put("pom.xml", POM.formatted(name, Versions.HEADWATER));
    List.of("Project", "ProjectBuilder").forEach(this::uses);
    imports.put("java.nio.file.Path", "");
    String body = rows(origin) + "\n" + model();
    String used =
        imports.keySet().stream()
            .sorted()
            .map(c -> "import " + c + ";")
            .collect(Collectors.joining("\n"));
    files.put(
        "src/main/" + at + ".java", MAIN.formatted(in, used, type, model.name(), text(name), body));
    files.put("src/test/" + at + "Test.java", TEST.formatted(in, type, model.name()));
    return files;
  }

  private void uses(String type) {
    imports.put("dev.headwater.pipelines.project." + type, "");
  }

  private String rows(Origins origin) {
    if (origin instanceof Origins.Foreign foreign) {
      uses("Catalog");
      imports.put("java.util.Map", "");
      return "    p.catalog(\n        %s,\n        Catalog.of(Map.of())%s);\n"
              .formatted(text(foreign.table().catalog()), properties(foreign.catalog()))
          + "    var rows = p.foreign(%s, %s, %s);"
              .formatted(
                  text(foreign.source()), text(foreign.table().toString()), text(model.time()));
    }
    Origins.Files files = (Origins.Files) origin;
    uses("Files");
    return "    var rows =\n        p.table(\n                %s,\n                Files.of(%s)%s)\n"
            .formatted(
                text(files.table()),
                files.paths().stream().map(JavaDraft::text).collect(Collectors.joining(", ")),
                format(files.format(), files.paths()))
        + "            .time(%s)\n            .contract(%s);"
            .formatted(text(model.time()), text(files.contract()));
  }

  private static String properties(Map<String, String> all) {
    return all.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(e -> "\n            .property(%s, %s)".formatted(text(e.getKey()), text(e.getValue())))
        .collect(Collectors.joining());
  }

  /** What isn't as the files' names say. */
  private String format(SourceFormat format, List<String> paths) {
    SourceFormat plain = Proposal.format(paths);
    StringBuilder out = new StringBuilder();
    if (format.kind() != plain.kind()) {
      imports.put("dev.headwater.files.SourceFormat", "");
      out.append("SourceFormat.of(SourceFormat.Kind.").append(format.kind()).append(')');
      plain = SourceFormat.of(format.kind());
    } else {
      out.append('f');
    }
    int bare = out.length();
    if (format.header() != plain.header()) {
      out.append(".header(").append(format.header()).append(')');
    }
    if (format.delimiter() != plain.delimiter()) {
      out.append(".delimiter(").append(character(format.delimiter())).append(')');
    }
    if (format.quote() != plain.quote() || format.escape() != plain.escape()) {
      out.append(
          ".quotes(%s, %s)".formatted(character(format.quote()), character(format.escape())));
    }
    if (!format.encoding().equals(plain.encoding())) {
      out.append(".encoding(").append(text(format.encoding())).append(')');
    }
    if (!format.nulls().equals(plain.nulls())) {
      imports.put("java.util.List", "");
      out.append(".nulls(List.of(%s))".formatted(texts(format.nulls())));
    }
    if (!format.columns().isEmpty()) {
      imports.put("java.util.List", "");
      imports.put("dev.headwater.files.SourceColumn", "");
      String columns =
          format.columns().stream()
              .map(
                  c ->
                      "\n                                new SourceColumn(%s, %s, %s)"
                          .formatted(
                              text(c.name()),
                              text(c.typeText()),
                              c.format() == null ? "null" : text(c.format())))
              .collect(Collectors.joining(","));
      out.append(".columns(List.of(").append(columns).append("))");
    }
    return out.length() == bare && bare == 1 ? "" : "\n                    .as(f -> " + out + ")";
  }

  private String model() {
    StringBuilder out = new StringBuilder("    p.model(%s, rows)\n".formatted(text(model.name())));
    model
        .inputs()
        .forEach(
            (name, input) ->
                out.append("        .input(")
                    .append(text(name))
                    .append(", ")
                    .append(text(((Input.Of) input).expression()))
                    .append(")\n"));
    out.append("        .label(").append(text(model.label())).append(")\n");
    out.append(
        "        .split(by(%s).trainUntil(%s).holdoutUntil(%s))"
            .formatted(
                text(model.split().by()),
                text(model.split().trainUntil().toString()),
                text(model.split().holdoutUntil().toString())));
    Training t = model.training();
    if (!t.equals(Training.DEFAULT)) {
      uses("Training");
      out.append("\n        .training(new Training(")
          .append(t.seed() + ", " + t.epochs() + ", " + t.batch() + ", ")
          .append(t.rate() + ", " + t.decay() + ", " + text(t.device()) + "))");
    }
    return out.append(';').toString();
  }

  private static String type(String name) {
    return java.util.Arrays.stream(name.split("_", -1))
        .filter(part -> !part.isEmpty())
        .map(part -> part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1))
        .collect(Collectors.joining("", "", "Project"));
  }

  private static String texts(List<String> all) {
    return all.stream().map(JavaDraft::text).collect(Collectors.joining(", "));
  }

  /** A literal; what isn't ASCII stays as it is: sources are UTF-8. */
  private static String text(String value) {
    return '"'
        + value
            .replace("\\", "\\\\")
            .replace("\"", "\\\"")
            .replace("\n", "\\n")
            .replace("\t", "\\t")
        + '"';
  }

  private static String character(char c) {
    return c == 0
        ? "(char) 0"
        : c == '\'' || c == '\\' ? "'\\" + c + "'" : c == '\t' ? "'\\t'" : "'" + c + "'";
  }
}
