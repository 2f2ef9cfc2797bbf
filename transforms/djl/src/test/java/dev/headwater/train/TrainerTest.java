package dev.headwater.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.RowBatch;
import dev.headwater.model.Hyperparameters;
import dev.headwater.model.ModelFolder;
import dev.headwater.model.ModelInput;
import dev.headwater.model.Network;
import dev.headwater.model.NetworkBuilder;
import dev.headwater.model.NetworkSpec;
import dev.headwater.model.Torch;
import dev.headwater.model.TrainSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
  private static final RowBatch FIRST = Rows.batch(4_000, 1);
  private static final RowBatch SECOND = Rows.batch(3_000, 2);

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path folder;

  private Trained train(TrainSpec spec, String model, List<List<RowBatch>> workers)
      throws IOException {
    TrainModel.Means means = Rows.means(folder, model);
    return new Trainer(spec, Rows.SCHEMA, means, TrainProgress.SILENT)
        .train(Rows.spill(spec, means, workers));
  }

  @Test
  void learnsWhatALineCannotTell() throws IOException {
    Trained trained = train(Rows.spec(), "a", List.of(List.of(FIRST, SECOND)));
    assertThat(trained.holdout().auc()).isGreaterThan(0.8);
    assertThat(trained.baseline().auc()).isBetween(0.45, 0.6);
    assertThat(trained.holdout().logLoss()).isLessThan(trained.baseline().logLoss());
    assertThat(trained.trainRows() + trained.holdoutRows() + trained.unused()).isEqualTo(7_000);
    ModelFolder model = ModelFolder.open(Path.of(trained.folder()));
    assertThat(model.description().spec()).isEqualTo(Rows.spec());
    assertThat(model.weightsDigest()).isEqualTo(trained.weightsDigest());
    assertThat(model.profile().columns()).hasSize(3);
    assertThat(model.profile().rows()).isEqualTo(trained.trainRows());
  }

  @Test
  void isTheSameWhateverTheOrderOfRowsAndWorkers() throws IOException {
    Trained one = train(Rows.spec(), "a", List.of(List.of(FIRST, SECOND)));
    int[] backwards = IntStream.range(0, SECOND.size()).map(i -> SECOND.size() - 1 - i).toArray();
    Trained other =
        train(
            Rows.spec(),
            "b",
            List.of(
                List.of(SECOND.gather(backwards)),
                List.of(FIRST.slice(1_000, 4_000), FIRST.slice(0, 1_000)),
                List.of()));
    assertThat(other.dataDigest()).isEqualTo(one.dataDigest());
    assertThat(other.weightsDigest()).isEqualTo(one.weightsDigest());
    assertThat(other.holdout()).isEqualTo(one.holdout());
    assertThat(other.baseline()).isEqualTo(one.baseline());
  }

  @Test
  void seesAChangedRow() throws IOException {
    Trained one = train(Rows.spec(), "a", List.of(List.of(FIRST)));
    Trained other = train(Rows.spec(), "b", List.of(List.of(FIRST.slice(1, 4_000))));
    assertThat(other.dataDigest()).isNotEqualTo(one.dataDigest());
  }

  /** A network with state of its own and random draws. */
  public static final class WithDropout implements NetworkBuilder {
    private static final long serialVersionUID = 1;

    @Override
    public Block network(int inputs) {
      return new SequentialBlock()
          .add(Linear.builder().setUnits(6).build())
          .add((NDList list) -> Activation.relu(list))
          .add(Dropout.builder().optRate(0.2f).build())
          .add(Linear.builder().setUnits(1).build());
    }
  }

  @Test
  void goesOnWithTheSameBitsAfterItWasStopped() throws IOException {
    for (NetworkSpec network :
        List.of(
            new NetworkSpec.Mlp(List.of(8)), NetworkSpec.Custom.of(WithDropout.class.getName()))) {
      TrainSpec spec = Rows.spec(network, "y > 0");
      String name = network.getClass().getSimpleName();
      Trained whole = train(spec, "whole" + name, List.of(List.of(FIRST, SECOND)));

      TrainModel.Means means = Rows.means(folder, "stopped" + name);
      List<Examples> examples = Rows.spill(spec, means, List.of(List.of(SECOND, FIRST)));
      TrainProgress stop =
          at -> {
            if (at.phase().equals("train") && at.epoch() == 1 && at.step() > 40) {
              throw new IllegalStateException("stopped at " + at.step());
            }
          };
      assertThatThrownBy(() -> new Trainer(spec, Rows.SCHEMA, means, stop).train(examples))
          .hasMessageContaining("stopped at");
      assertThat(Path.of(means.folder())).doesNotExist();
      assertThat(Path.of(means.checkpoints())).isDirectoryContaining("glob:**0*");

      int[] firstStep = {-1};
      TrainProgress first =
          at -> {
            if (at.phase().equals("train") && firstStep[0] < 0) {
              firstStep[0] = at.epoch();
            }
          };
      Trained resumed = new Trainer(spec, Rows.SCHEMA, means, first).train(examples);
      assertThat(firstStep[0]).isEqualTo(1);
      assertThat(resumed.weightsDigest()).isEqualTo(whole.weightsDigest());
      assertThat(Path.of(means.checkpoints())).doesNotExist();
    }
  }

  @Test
  void isTheSameWhileMemoryIsCollectedAllTheTime() throws Exception {
    Trained quiet = train(Rows.spec(), "quiet", List.of(List.of(FIRST, SECOND)));
    AtomicBoolean done = new AtomicBoolean();
    Thread collector =
        new Thread(
            () -> {
              while (!done.get()) {
                System.gc();
                LockSupport.parkNanos(1_000_000);
              }
            });
    collector.start();
    try {
      for (int i = 0; i < 2; i++) {
        Trained trained = train(Rows.spec(), "busy" + i, List.of(List.of(FIRST, SECOND)));
        assertThat(trained.weightsDigest()).isEqualTo(quiet.weightsDigest());
      }
    } finally {
      done.set(true);
      collector.join();
    }
  }

  @Test
  void drawsTheSameWhileOtherModelsAreLoaded() throws Exception {
    TrainSpec spec = Rows.spec(NetworkSpec.Custom.of(WithDropout.class.getName()), "y > 0");
    Trained alone = train(spec, "alone", List.of(List.of(FIRST)));
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger loaded = new AtomicInteger();
    Thread loader =
        new Thread(
            () -> {
              while (!done.get()) {
                Network.create(new NetworkSpec.Mlp(List.of(4)), 3, Torch.device("cpu"), 0).close();
                loaded.incrementAndGet();
              }
            });
    loader.start();
    try {
      while (loaded.get() == 0) {
        Thread.onSpinWait();
      }
      Trained beside = train(spec, "beside", List.of(List.of(FIRST)));
      assertThat(beside.weightsDigest()).isEqualTo(alone.weightsDigest());
    } finally {
      done.set(true);
      loader.join();
    }
  }

  /** A network whose 50th step has no number for a loss. */
  public static final class FailsOnce implements NetworkBuilder {
    private static final long serialVersionUID = 1;

    static final AtomicInteger STEPS = new AtomicInteger();

    @Override
    public Block network(int inputs) {
      return new SequentialBlock()
          .add(
              (NDList list) ->
                  list.get(0).getShape().get(0) <= 128 && STEPS.incrementAndGet() == 50
                      ? new NDList(list.get(0).mul(list.get(0).getManager().create(Float.NaN)))
                      : list)
          .add(Linear.builder().setUnits(1).build());
    }
  }

  @Test
  void goesBackToTheLastCheckpointOnceWhenTheLossIsNoNumber() throws IOException {
    FailsOnce.STEPS.set(0);
    TrainSpec spec = Rows.spec(NetworkSpec.Custom.of(FailsOnce.class.getName()), "y > 0");
    Trained trained = train(spec, "a", List.of(List.of(FIRST, SECOND)));
    assertThat(FailsOnce.STEPS).hasValueGreaterThan(50);
    assertThat(trained.holdout().logLoss()).isFinite();
  }

  @Test
  void findsAModelThatIsFinished() throws IOException {
    Trained one = train(Rows.spec(), "a", List.of(List.of(FIRST)));
    assertThat(train(Rows.spec(), "a", List.of(List.of(FIRST)))).isEqualTo(one);
    assertThatThrownBy(() -> train(Rows.spec(), "a", List.of(List.of(SECOND))))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("another one is there")
        .hasMessageContaining("Fix: choose a new folder");
  }

  @Test
  void leavesNothingInTheScratchLocationButTheWorkersFiles() throws IOException {
    train(Rows.spec(), "a", List.of(List.of(FIRST)));
    try (var list = Files.list(folder.resolve("scratch"))) {
      assertThat(list.filter(p -> !p.getFileName().toString().startsWith("examples-"))).isEmpty();
    }
  }

  @Test
  void saysWhatIsWrongWithTheData() {
    assertThatThrownBy(() -> train(Rows.spec(), "a", List.of()))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot train: there are no rows with a label to train.")
        .hasMessageContaining("Fix: check the label");
    NetworkSpec mlp = new NetworkSpec.Mlp(List.of(4));
    assertThatThrownBy(() -> train(Rows.spec(mlp, "y > 9"), "b", List.of(List.of(FIRST))))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot train: the label y > 9 is false in all ")
        .hasMessageContaining("rows to train.")
        .extracting(e -> ((HeadwaterException) e).kind())
        .isEqualTo(HeadwaterException.Kind.DATA);
    assertThatThrownBy(() -> train(Rows.spec(mlp, "y + 1"), "c", List.of(List.of(FIRST))))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot use label y + 1: it is a long");
  }

  @Test
  void neverKeepsANetworkWhoseLossIsNoNumber() {
    TrainSpec plain = Rows.spec();
    Hyperparameters wild = new Hyperparameters(7, 128, 3, 3, 1e30, 0, "cpu");
    TrainSpec spec =
        new TrainSpec(
            plain.model(),
            plain.inputs(),
            plain.label(),
            plain.split(),
            plain.network(),
            wild,
            plain.pins());
    assertThatThrownBy(() -> train(spec, "a", List.of(List.of(FIRST))))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot train: the loss is not a number in epoch 1")
        .hasMessageContaining("Fix: set a lower learning rate");
    assertThat(folder.resolve("a")).doesNotExist();
  }

  @Test
  void saysThatAnInputHasNoValue() {
    TrainSpec plain = Rows.spec();
    TrainSpec spec =
        new TrainSpec(
            plain.model(),
            List.of(new ModelInput("never", "case when x > 1000 then x end")),
            plain.label(),
            plain.split(),
            plain.network(),
            plain.hyperparameters(),
            plain.pins());
    assertThatThrownBy(() -> train(spec, "a", List.of(List.of(FIRST))))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot train: input never has no value in any of ")
        .hasMessageContaining("Fix: leave the input out");
  }
}
