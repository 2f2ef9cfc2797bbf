package dev.headwater.pipelines.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SeveralFilesTest {
  private static final Target ORDERS = new Target(Target.Kind.TABLE, "orders");
  private static final Target SPENT = new Target(Target.Kind.FEATURES, "spent");

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  Path folder;

  @BeforeEach
  void writeAProject() throws IOException {
    write(
        "headwater.yaml",
        """
        project: shop
        requires: 0.1
        defaults:
          owner: data
          tags: [shop]
          tables: {time: at}
        tables:
          clicks: {from: clicks_file}
        sources: {clicks_file: clicks/*.csv}
        """);
    write(
        "sales/orders.hw.yaml",
        """
        sources: {orders_file: sales/*.csv}
        tables:
          orders: {from: orders_file, owner: sales, description: What was bought., tags: pii}
        """);
    write(
        "sales/deep/spent.hw.yaml",
        """
        defaults: {tags: hourly, features: {windows: [7d], key: customer}}
        features:
          spent: {from: orders, values: {n: count(*)}}
        """);
  }

  @Test
  void areOneProjectAndFoldersSayWhatTargetsLeaveOut() {
    Project project = ProjectFile.read(folder);
    assertThat(project.targets())
        .extracting(Target::toString)
        .containsExactly("table/clicks", "table/orders", "features/spent");
    assertThat(project.about(ORDERS))
        .isEqualTo(new About("sales", "What was bought.", List.of("shop", "pii")));
    assertThat(project.about(SPENT)).isEqualTo(About.owner("data").tags("shop", "hourly"));
    assertThat(Targets.of(project.tables(), "orders").time()).isEqualTo("at");
    ViewDecl spent = Targets.of(project.features(), "spent");
    assertThat(spent.key()).containsExactly("customer");
    assertThat(spent.windows()).containsExactly(new Window("7d"));
    assertThat(project.origin().file(SPENT.path())).isEqualTo("sales/deep/spent.hw.yaml");
    assertThat(project.origin().line(SPENT.path())).hasValue(3);
    assertThat(Belongings.of(project).files().keySet())
        .containsExactly("headwater.yaml", "sales/deep/spent.hw.yaml", "sales/orders.hw.yaml");
  }

  @Test
  void explainedInOneFileItIsTheSame() {
    Project project = ProjectFile.read(folder);
    assertThat(ProjectFile.parse(folder, "headwater.yaml", Explain.of(project))).isEqualTo(project);
    assertThat(Explain.of(project, ORDERS))
        .startsWith(
            """
            tables:
              orders:
                owner: sales
                description: What was bought.
                tags: [shop, pii]
                from: orders_file
            """);
  }

  @Test
  void labelsMakeNothingStale() throws IOException {
    String before = Declarations.json(ProjectFile.read(folder), ORDERS);
    write(
        "sales/orders.hw.yaml",
        """
        sources: {orders_file: sales/*.csv}
        tables:
          orders: {from: orders_file, owner: others}
        """);
    assertThat(Declarations.json(ProjectFile.read(folder), ORDERS)).isEqualTo(before);
  }

  @Test
  void hiddenFoldersAndProjectsWithinAreLeftOut() throws IOException {
    write(".git/x.hw.yaml", "nonsense: 1");
    write("inner/headwater.yaml", "project: inner");
    write("inner/x.hw.yaml", "nonsense: 1");
    write("empty.hw.yaml", "# nothing yet\n");
    assertThat(ProjectFile.read(folder).targets()).hasSize(3);
  }

  @Test
  void mistakesOfAllFilesAreToldAtOnceEachWithItsPlace() throws IOException {
    write(
        "sales/two.hw.yaml",
        """
        registry: {uri: x}
        defaults: {owners: me}
        tables:
          orders: {from: orders_file}
          clicks: {from: clicks_fil}
        """);
    write(
        "sales/deep/spent.hw.yaml",
        """
        defaults: {features: {windows: [7 days], known_: at}}
        features:
          spent: {from: orders, values: {n: count(*)}}
          kept: {from: order, values: {n: count(*)}}
        """);
    assertThatThrownBy(() -> ProjectFile.read(folder))
        .isInstanceOf(ProjectException.class)
        .hasMessage(
            """
            sales/deep/spent.hw.yaml has 3 problems:
              line 1  defaults.features.windows: '7 days' is not a window. Write a number and s, \
            m, h, d or w: 3h, 24h, 7d.
              line 1  defaults.features.known_: unknown key 'known_'. Did you mean 'known'? There \
            are from, key, time, known, windows, values, resources, owner, description, tags, \
            catalog, maintain, properties, sort.
              line 4  features.kept.from: no table 'order'. Did you mean 'orders'? There is \
            clicks, orders.
            sales/two.hw.yaml has 4 problems:
              line 1  registry: 'registry' can't stand here: only headwater.yaml may say more than \
            catalogs, clusters, sources, tables, features, models, scores, monitors and defaults.
              line 2  defaults.owners: unknown key 'owners'. Did you mean 'owner'? There are \
            owner, tags, resources, catalog, maintain, properties, tables, features, models, \
            scores, monitors.
              line 4  tables.orders: is there twice, first in line 3 of sales/orders.hw.yaml
              line 5  tables.clicks: is there twice, first in line 8 of headwater.yaml""");
  }

  @Test
  void oneDefaultsAFolder() throws IOException {
    write("sales/a.hw.yaml", "defaults: {owner: a}");
    write("sales/b.hw.yaml", "defaults: {owner: b}");
    assertThatThrownBy(() -> ProjectFile.read(folder))
        .hasMessage(
            """
            sales/b.hw.yaml has 1 problem:
              line 1  defaults: the defaults of this folder stand in sales/a.hw.yaml already. \
            Put them into one file""");
  }

  @Test
  void filesThatAreNoYamlAreToldTogether() throws IOException {
    write("a.hw.yaml", "tables: {x");
    write("b.hw.yaml", "- x");
    assertThatThrownBy(() -> ProjectFile.read(folder))
        .hasMessageContaining("a.hw.yaml has 1 problem:\n  line 1  it is not YAML")
        .hasMessageContaining("b.hw.yaml has 1 problem:\n  line 1  it is not a mapping");
  }

  @Test
  void whatIsMadeForANewerVersionIsToldAndNothingElse() throws IOException {
    write("headwater.yaml", "project: shop\nrequires: 0.1.1\nnew_noun: {x: 1}\n");
    assertThatThrownBy(() -> ProjectFile.read(folder))
        .hasMessage(
            """
            headwater.yaml has 1 problem:
              line 2  requires: this project is made for Headwater 0.1.1 or newer, and this is \
            0.1.0-SNAPSHOT. Install that""");
    write("headwater.yaml", "project: shop\nrequires: soon\n");
    assertThatThrownBy(() -> ProjectFile.read(folder))
        .hasMessageContaining("line 2  requires: 'soon' is not a version. Write 0.1 or 0.1.0");
  }

  @Test
  void theSameComesFromJava() {
    ProjectBuilder p = Project.named("shop");
    p.table("orders", dev.headwater.pipelines.project.Files.of("sales/*.csv"));
    p.about(ORDERS, About.owner("sales").describe("What was bought.").tags("pii"));
    assertThat(p.build().about(ORDERS).text()).isEqualTo("sales, #pii");
    p.about(ORDERS, About.NONE.tags("p i i"));
    assertThatThrownBy(p::build)
        .hasMessageContaining("tables.orders.tags: 'p i i' is not a tag. Write letters");
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
