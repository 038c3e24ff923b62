const reference = /&(?:#\d{1,7}|#x[\da-f]{1,6}|\w{2,32});/gi;
const known = new Map<string, string>();

/** Replaces HTML's character references (`&amp;`, `&eacute;`, `&#8212;`) by what they stand for. */
export function decodeReferences(text: string): string {
  return text.includes('&') ? text.replace(reference, decodeOne) : text;
}

function decodeOne(given: string): string {
  const found = known.get(given) ?? read(given);
  if (known.size < 500) known.set(given, found);
  return found;
}

/** Lets the browser read one: it knows all names. What is given holds no tag, and the element is in no document. */
function read(given: string): string {
  const reader = document.createElement('textarea');
  reader.innerHTML = given;
  return reader.value;
}
