package dev.headwater.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import dev.headwater.catalog.HeadwaterException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NetworkTest {
  private static final NetworkSpec MLP = new NetworkSpec.Mlp(List.of(64, 64));

  @Test
  void aRowsPredictionDependsOnTheRowAlone() {
    int width = 37;
    SplittableRandom random = new SplittableRandom(7);
    float[] rows = new float[Network.BATCH * width];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) (2 * random.nextDouble() - 1);
    }
    try (Network network = Network.create(MLP, width, Device.cpu(), 1)) {
      float[] all = network.infer(rows);
      for (int shift : new int[] {1, 7, 100, 4095}) {
        float[] shifted = new float[rows.length];
        int n = Network.BATCH - shift;
        System.arraycopy(rows, shift * width, shifted, 0, n * width);
        float[] some = network.infer(shifted);
        for (int i = 0; i < n; i++) {
          assertThat(some[i]).isEqualTo(all[i + shift]);
        }
      }
    }
  }

  @Test
  void drawsTheSameParametersForTheSameSeed() {
    try (Network one = Network.create(MLP, 5, Device.cpu(), 1);
        Network same = Network.create(MLP, 5, Device.cpu(), 1);
        Network other = Network.create(MLP, 5, Device.cpu(), 2)) {
      assertThat(same.weights()).isEqualTo(one.weights());
      assertThat(other.weights()).isNotEqualTo(one.weights());
    }
  }

  @Test
  void saysThatADeviceIsNotThere() {
    assertThatThrownBy(() -> Torch.device("gpu:7"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("Cannot use device gpu:7")
        .hasMessageContaining("Fix: use device auto or cpu")
        .extracting(e -> ((HeadwaterException) e).kind())
        .isEqualTo(HeadwaterException.Kind.UNREACHABLE);
    assertThatThrownBy(() -> Torch.device("tpu"))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("There is no device 'tpu'");
  }

  @Test
  void saysThatABuilderIsNotThere() {
    assertThatThrownBy(
            () -> Network.create(new NetworkSpec.Custom("com.acme.No", ""), 3, Device.cpu(), 1))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("There is no class com.acme.No on the class path")
        .hasMessageContaining("HEADWATER_CLASSPATH=my.jar");
  }
}
