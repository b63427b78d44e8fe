const known = new Map<string, boolean>();

/** Whether a name is an IANA timezone that this machine knows: "Europe/Berlin", "UTC"; offsets such as +02:00 are not. */
export function isTimezone(name: string): boolean {
  const before = known.get(name);
  if (before !== undefined) return before;
  const is = /^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name) && formats(name);
  known.set(name, is);
  return is;
}

function formats(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", {timeZone});
    return true;
  } catch {
    return false;
  }
}
