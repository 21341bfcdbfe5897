// SPDX-License-Identifier: Apache-2.0
// In the audio thread: sends the page the sound that passes, 512 samples at a time.

class Listener extends AudioWorkletProcessor {
  #samples = new Float32Array(512);
  #count = 0;

  process([[channel]]) {
    for (const sample of channel ?? []) {
      this.#samples[this.#count++] = sample;
      if (this.#count < this.#samples.length) continue;
      this.port.postMessage(this.#samples);
      this.#count = 0;
    }
    return true;
  }
}

registerProcessor("listener", Listener);
