package dev.headwater.pipelines.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.project.ProjectFile;
import dev.headwater.pipelines.project.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chain a -> b -> c -> d, and e -> f beside it. */
final class SelectionTest {
  private static final String SALES =
      """
      tables:
        c: {sql: select * from b, tags: hourly}
        d: {sql: select * from c, owner: sales, tags: [hourly, pii], contract: sales/d.yaml}
      """;

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  Path folder;

  @BeforeEach
  void writeAProject() throws IOException {
    write(
        "headwater.yaml",
        """
        project: p
        sources: {file: data/*.csv}
        tables:
          a: {from: file, tags: daily}
          b: {sql: select * from a}
          e: {from: file, owner: ops}
        features:
          f: {from: e, time: at, windows: [1h], values: {n: count(*)}}
        """);
    write("sales/s.hw.yaml", SALES);
    write("sales/d.yaml", "columns: {x: {required: true}}\n");
  }

  @Test
  void plusAddsWhatIsNeededAndWhatDepends() {
    assertThat(of()).isEqualTo("a e b c d f");
    assertThat(of("b")).isEqualTo("b");
    assertThat(of("table/b")).isEqualTo("b");
    assertThat(of("+c")).isEqualTo("a b c");
    assertThat(of("b+")).isEqualTo("b c d");
    assertThat(of("+b+")).isEqualTo("a b c d");
    assertThat(of("1+d")).isEqualTo("c d");
    assertThat(of("2+d")).isEqualTo("b c d");
    assertThat(of("a+1")).isEqualTo("a b");
    assertThat(of("1+b+1")).isEqualTo("a b c");
  }

  @Test
  void labelsPlacesAndPatternsSelect() {
    assertThat(of("tag:hourly")).isEqualTo("c d");
    assertThat(of("1+tag:hourly")).isEqualTo("b c d");
    assertThat(of("tag:*ly")).isEqualTo("a c d");
    assertThat(of("owner:ops+")).isEqualTo("e f");
    assertThat(of("path:sales")).isEqualTo("c d");
    assertThat(of("path:./sales/")).isEqualTo("c d");
    assertThat(of("path:sales/s.hw.yaml")).isEqualTo("c d");
    assertThat(of("path:.")).isEqualTo("a e b c d f");
    assertThat(of("table/?")).isEqualTo("a e b c d");
  }

  @Test
  void spacesJoinAndCommasCut() {
    assertThat(of("a", "f")).isEqualTo("a f");
    assertThat(of("a f")).isEqualTo("a f");
    assertThat(of("tag:hourly,tag:pii")).isEqualTo("d");
    assertThat(of("a+,+c")).isEqualTo("a b c");
    assertThat(of("a+,+c f")).isEqualTo("a b c f");
    assertThat(of(List.of("a+"), List.of("tag:hourly"))).isEqualTo("a b");
    assertThat(of(List.of(), List.of("a+ e"))).isEqualTo("f");
  }

  @Test
  void whatMeansNothingIsAnErrorThatNamesNearOnes() {
    refused("g")
        .hasMessage(
            "There is no 'g' in project p. Did you mean 'a'? Fix: name one of a, e, b, c, d, f.");
    refused("tag:hourli")
        .hasMessage(
            "No target has the tag 'hourli'. Did you mean 'hourly'? Fix: take one of daily,"
                + " hourly, pii.");
    refused("path:sale")
        .hasMessage(
            "No target is declared in 'sale'. Did you mean 'sales'? Fix: take one of"
                + " headwater.yaml, sales, sales/s.hw.yaml.");
    refused("owner:opps").hasMessageContaining("Did you mean 'ops'? Fix: take one of ops, sales.");
    refused("x*").hasMessageContaining("No target's name is like 'x*'.");
    refused("tags:x").hasMessageContaining("by 'tags:'. Did you mean 'tag'?");
    refused("a+b+c").hasMessageContaining("'a+b+c' is not a selector.");
    refused("tag:hourly,path:headwater.yaml")
        .hasMessage(
            "Nothing is all of tag:hourly,path:headwater.yaml: tag:hourly means table/c, table/d;"
                + " path:headwater.yaml means table/a, table/e, table/b, features/f. Fix: leave a"
                + " part out, or write a space instead of the comma for any of them.");
    assertThatThrownBy(() -> of(List.of("a"), List.of("a+")))
        .hasMessageContaining("All that is selected is excluded: table/a.");
    assertThatThrownBy(() -> of(List.of(), List.of("tag:x")))
        .hasMessageContaining("No target has the tag 'x'.");
  }

  @Test
  void gitTellsWhatHasChanged() throws Exception {
    refused("changed:main").hasMessageContaining("lies in no git repository");
    git("init", "-q", "-b", "main");
    commit();
    assertThat(of("changed:main")).isEmpty();
    assertThat(of("changed:HEAD+", "b")).isEqualTo("b");
    refused("changed:mian")
        .hasMessageContaining(
            "git knows no branch, tag or commit 'mian'. Did you mean 'main'? Fix: take one of"
                + " HEAD, main; a shallow clone has few: git fetch origin mian.");
    refused("changed:--all").hasMessageContaining("git knows no branch");

    git("checkout", "-q", "-b", "work");
    // Labels, comments and spaces are no change; a contract is one of its table.
    write("sales/s.hw.yaml", SALES.replace("tags: hourly", "tags:  daily"));
    assertThat(of("changed:main")).isEmpty();
    write("sales/d.yaml", "columns: {x: {required: false}}\n");
    assertThat(of("changed:main")).isEqualTo("d");
    commit();
    assertThat(of("changed:main")).isEqualTo("d");
    assertThat(of("changed:HEAD")).isEmpty();
    write("sales/s.hw.yaml", SALES.replace("* from b", "x from b"));
    write("sales/new.hw.yaml", "tables: {g: {sql: select * from a}}");
    assertThat(of("changed:main")).isEqualTo("g c d");
    assertThat(of("changed:main,path:sales/new.hw.yaml")).isEqualTo("g");
    assertThat(of("changed:HEAD,tag:pii")).isEmpty();

    // What main went on with isn't this branch's change.
    commit();
    git("checkout", "-q", "main");
    write("headwater.yaml", Files.readString(folder.resolve("headwater.yaml")).replace("1h", "2h"));
    commit();
    assertThat(of("changed:HEAD~1")).isEqualTo("f");
    git("checkout", "-q", "work");
    assertThat(of("changed:main")).isEqualTo("g c d");
  }

  @Test
  void aProjectThatWasNotWholeOrNotThere() throws Exception {
    git("init", "-q", "-b", "main");
    write("sales/s.hw.yaml", "tables: {c: {sql: select * from nothing}}");
    commit();
    write("sales/s.hw.yaml", SALES);
    refused("changed:main")
        .hasMessageContaining("Cannot compare with main: the project was not whole there.")
        .hasMessageContaining("no table 'nothing'");
    git("rm", "-q", "-f", "--cached", "headwater.yaml");
    git("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-q", "-m", "x");
    assertThat(of("changed:main")).isEqualTo("a e b c d f");
  }

  private AbstractThrowableAssert<?, ?> refused(String selector) {
    return assertThatThrownBy(() -> of(selector)).isInstanceOf(HeadwaterException.class);
  }

  private String of(String... selectors) {
    return of(List.of(selectors), List.of());
  }

  private String of(List<String> selectors, List<String> excluded) {
    return String.join(
        " ",
        Selection.of(ProjectFile.read(folder), selectors, excluded).stream()
            .map(Target::name)
            .toList());
  }

  private void commit() throws Exception {
    git("add", "-A");
    git("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-q", "-m", "x");
  }

  private void git(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("git", "-C", folder.toString()));
    command.addAll(List.of(arguments));
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
