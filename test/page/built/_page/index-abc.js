document.title = 'a built page';
