import type {Secret} from "../experiment/definition/environment.ts";
import {redact} from "../experiment/definition/environment.ts";

/** The secrets that this process has read so far. */
const known = new Map<string, Secret>();

/** Remembers values that must not be printed or published by this process. */
export function rememberSecrets(secrets: Iterable<Secret>): void {
  for (const secret of secrets) known.set(`${secret.name}=${secret.value}`, secret);
}

/** Returns the secrets remembered so far, for those who check their output against them. */
export function knownSecrets(): Secret[] {
  return [...known.values()];
}

/** Returns text without the secrets that this process knows. */
export function redacted(text: string): string {
  return redact(text, known.values());
}
