/** Masks below this have their places in a list. */
const listed = 2 ** 12;

/**
 * Returns what tells which of some bits a mask has, by their places among them, ascending. To ask for each bit one after
 * another takes longer: no processor can guess the streams of the next hit.
 *
 * @param bits one bit each; several places may have the same one
 */
export function placesByMask(bits: readonly number[]): (mask: number) => Int32Array {
  const all = bits.reduce((sum, bit) => sum | bit, 0);
  const placesOf = (mask: number): Int32Array =>
    Int32Array.from(bits.flatMap((bit, place) => ((mask & bit) === 0 ? [] : [place])));
  if (all < listed) {
    const places = Array.from({length: all + 1}, (_, mask) => placesOf(mask));
    return (mask) => places[mask & all]!;
  }
  const known = new Map<number, Int32Array>();
  return (mask) => {
    const own = mask & all;
    const found = known.get(own) ?? placesOf(own);
    known.set(own, found);
    return found;
  };
}
