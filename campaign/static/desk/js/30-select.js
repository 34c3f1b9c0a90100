/* Tables whose rows can be selected: one tick in the head for all of them, and how many are, on the button. */
(() => {
  for (const table of document.querySelectorAll('table[data-selectable]')) {
    const head = table.querySelector('thead .tick-cell');
    const boxes = [...table.querySelectorAll('tbody .tick-cell input')];
    const button = table.closest('form') && table.closest('form').querySelector('button.danger');
    if (!head || !boxes.length || !button) continue;
    const all = document.createElement('input');
    all.type = 'checkbox';
    all.setAttribute('aria-label', 'Select all on this page');
    head.append(all);
    const words = button.textContent;
    const show = () => {
      const ticked = boxes.filter((box) => box.checked).length;
      all.checked = ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
      button.textContent = ticked ? `${words} (${ticked})` : words;
    };
    all.addEventListener('change', () => {
      for (const box of boxes) box.checked = all.checked;
      show();
    });
    table.addEventListener('change', show);
    show();
  }
})();
