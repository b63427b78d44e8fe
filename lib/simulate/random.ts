/**
 * A stream of random numbers that can be started anywhere: each (seed, unit, purpose) has numbers of its own, so units
 * may be made in any order, or left out, and every other unit stays the same to the last bit. The generator is sfc32 of
 * PractRand (Chris Doty-Humphrey): three words of state and a counter, 32 bits a step, 15 steps thrown away at the
 * start. One object is started over and over, so a million units cost no memory.
 *
 * The numbers are the same on every machine as far as `Math.log` is; its last bit may differ between JavaScript
 * engines, which the rounding to milliseconds and cents all but hides.
 * @see https://pracrand.sourceforge.net/RNG_engines.txt
 */
export class RandomStream {
  private a = 0;
  private b = 0;
  private c = 0;
  private counter = 1;
  private spare = 0;
  private hasSpare = false;

  /** Starts the stream of three words (only the low 32 bits of each count) and returns it. */
  start(seed: number, unit: number, purpose: number): this {
    this.a = seed | 0;
    this.b = unit | 0;
    this.c = purpose | 0;
    this.counter = 1;
    this.hasSpare = false;
    for (let i = 0; i < 15; ++i) this.next();
    return this;
  }

  /** Returns the next 32 bits, as a signed integer. */
  next(): number {
    const t = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + t) | 0;
    return t;
  }

  /** Returns a number from the uniform distribution on (0, 1): never 0, never 1. */
  uniform(): number {
    return ((this.next() >>> 0) + 0.5) / 4294967296;
  }

  /** Returns a number from the exponential distribution with mean 1. */
  exponential(): number {
    return -Math.log(this.uniform());
  }

  /** Returns a number from the standard normal distribution, by Marsaglia's polar method. */
  normal(): number {
    if (this.hasSpare) {
      this.hasSpare = false;
      return this.spare;
    }
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s >= 1) continue;
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      this.spare = v * factor;
      this.hasSpare = true;
      return u * factor;
    }
  }
}

/** Returns a 32-bit number for a text: FNV-1a over its UTF-16 units. It names streams; it is no assignment hash. */
export function textToWord(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; ++i) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}

/**
 * Returns a 32-bit number that looks random, another one for every other input (a bijection: MurmurHash3's finalizer),
 * as an unsigned integer.
 * @see https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 */
export function mixWord(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
