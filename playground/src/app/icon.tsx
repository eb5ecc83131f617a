/** The sign on a button, beside its words. Owns: its form. Does not own: its size and colour (styles/base.css). */
export function Icon({ path }: { readonly path: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={path} />
    </svg>
  );
}
