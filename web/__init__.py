"""The screens. Only here is Streamlit imported."""
