const MATHML = 'http://www.w3.org/1998/Math/MathML';

const elements = new Set(
  (
    'math semantics annotation mrow mi mo mn ms mtext mspace msup msub msubsup munder mover munderover mfrac msqrt ' +
    'mroot mtable mtr mtd mlabeledtr mstyle mpadded mphantom menclose mmultiscripts mprescripts'
  ).split(' '),
);
const attributes = new Set(
  (
    'display displaystyle scriptlevel mathvariant mathcolor mathbackground mathsize stretchy fence separator largeop ' +
    'movablelimits symmetric form lspace rspace minsize maxsize accent accentunder linethickness width height depth ' +
    'voffset columnalign columnspacing columnlines columnspan rowalign rowspacing rowlines notation encoding'
  ).split(' '),
);

/** The formula of a document that KaTeX wrote, made anew from known elements and attributes alone (S2). */
export function mathNodes(html: string): Node {
  const root = new DOMParser().parseFromString(html, 'text/html').querySelector('math');
  if (root === null) throw new Error('KaTeX wrote no formula');
  return copy(root);
}

function copy(node: Element): Element | DocumentFragment {
  const known = elements.has(node.localName);
  const made = known ? document.createElementNS(MATHML, node.localName) : document.createDocumentFragment();
  if (made instanceof Element) {
    for (const { name, value } of node.attributes) if (attributes.has(name)) made.setAttribute(name, value);
  }
  for (const child of node.childNodes)
    made.append(child instanceof Element ? copy(child) : (child.nodeValue ?? ''));
  return made;
}
