/** Whether a name is an IANA timezone that this machine knows: "Europe/Berlin", "UTC"; offsets such as +02:00 are not. */
export function isTimezone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", {timeZone: name});
    return true;
  } catch {
    return false;
  }
}
