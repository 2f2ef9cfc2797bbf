package dev.headwater.junit;

import dev.headwater.pipelines.project.Expected;
import dev.headwater.pipelines.project.Given;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.TestDecl;
import dev.headwater.pipelines.project.TestRow;
import dev.headwater.pipelines.project.Tolerance;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a target is given, and what must come of it. Rows are {@link HeadwaterTests#row}. */
public final class TargetTest {
  private final HeadwaterTests tests;
  private final Target target;
  private final Map<String, Given> given = new LinkedHashMap<>();
  private List<TestRow> asked = List.of();
  private Expected expected = Expected.NOTHING;
  private Tolerance tolerance = Tolerance.DEFAULT;

  TargetTest(HeadwaterTests tests, Target target) {
    this.tests = tests;
    this.target = target;
  }

  Target target() {
    return target;
  }

  /** Rows in the place of a source, a table, a view or a score. */
  public TargetTest given(String name, TestRow... rows) {
    given.put(name, Given.of(List.of(rows)));
    return this;
  }

  /** A file's text in the place of a source; of a table as CSV. */
  public TargetTest given(String name, String text) {
    given.put(name, Given.of(text));
    return this;
  }

  /** A file in the place of a source or a table. */
  public TargetTest given(String name, Path file) {
    given.put(name, Given.of(file));
    return this;
  }

  /** Keys and times that a view is asked for besides its own. */
  public TargetTest asked(TestRow... rows) {
    asked = List.of(rows);
    return this;
  }

  /** All rows, in any order, as far as the columns that they name. */
  public TargetTest expectRows(TestRow... rows) {
    expected = expected.rows(List.of(rows));
    return this;
  }

  /** Rows that are among them. */
  public TargetTest expectIncludes(TestRow... rows) {
    expected = expected.includes(List.of(rows));
    return this;
  }

  /** How many rows there are. */
  public TargetTest expectCount(long rows) {
    expected = expected.count(rows);
    return this;
  }

  /** All letters, by {@code code}, {@code column}, {@code value}, {@code reason}; else none. */
  public TargetTest expectLetters(TestRow... letters) {
    expected = expected.letters(List.of(letters));
    return this;
  }

  /** That the run fails, and what it says then. */
  public TargetTest expectFailure(String says) {
    expected = expected.fails(says);
    return this;
  }

  /** How far numbers may be from those that are expected, see {@link Tolerance}. */
  public TargetTest tolerance(double all) {
    tolerance = new Tolerance(all, Map.of());
    return this;
  }

  /**
   * Runs the stages and compares.
   *
   * @throws AssertionError if something else came out, with what differs
   * @throws dev.headwater.pipelines.project.ProjectException if what is given is not what the
   *     target needs
   */
  public void check() {
    tests.ended(this);
    TestDecl test =
        new TestDecl("", 0, target.toString(), target, given, asked, expected, tolerance);
    tests.check(test.checked(tests.project()));
  }
}
